"""The attendance as a table, in every format, and read back from each."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from mailer.errors import UserError
from mailer.exports import ExportOptions, from_table, to_csv, to_ods, to_xlsx
from mailer.exports.columns import Column, headings, words
from mailer.exports.guard import guard, guard_number, unguard
from mailer.exports.typed_words import heading_names, meanings, staff_word
from mailer.model.accents import fold_accents
from mailer.model.attendance import Row
from mailer.model.contact import Contact
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.translation.catalogue import LANGUAGES

NOW = datetime(2025, 4, 1, 8, tzinfo=UTC)
ON_THE_CLOCK = datetime(2025, 3, 30, 14, 30, tzinfo=UTC).replace(tzinfo=None)
"""Spreadsheets know no time zones."""
MACHINE = (
    "civility,last_name,first_name,organisation,email,delivery,answer,party_size,channel,answered_at,comment,review,"
    "presence,person,state,asked_again,party_range,adults,children,proxy_to,delegate"
)


def from_csv(content: bytes, delimiter: str = ";") -> list[list[str]]:
    """The cells of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def from_book(content: bytes) -> list[list[str]]:
    """The cells of a workbook as texts."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    cells = sheet.to_python(skip_empty_area=False)
    return [
        [str(int(c)) if isinstance(c, float) and c.is_integer() else str(c) for c in line] for line in cells
    ]


def shown(row: Row) -> dict[str, str]:
    """What a table that comes back must say of a line."""
    standing = row.standing
    return {
        "answer": standing.partstat.word,
        "party_size": "" if row.party_size is None else str(row.party_size),
        "presence": row.presence.value if row.presence else "",
        "review": "yes" if standing.review else "",
        **({} if "hospital" in standing.remark else {"comment": " ".join(standing.remark.split())}),
    }


FORMATS = {
    "csv": lambda rows: from_csv(to_csv.write(rows)),
    "english": lambda rows: from_csv(to_csv.write(rows, ExportOptions(language="en"))),
    "machine": lambda rows: from_csv(to_csv.write(rows, machine=True), ","),
    "xlsx": lambda rows: from_book(to_xlsx.write(rows, title="t", now=NOW)),
    "ods": lambda rows: from_book(to_ods.write(rows, title="t", now=NOW)),
}


class TestCsv:
    """CSV, for people and for programs."""

    def test_for_people(self, rows: list[Row]) -> None:
        """French headings and words, semicolons, a byte order mark, CRLF, and the clock of Paris."""
        content = to_csv.write(rows)
        lines = content.decode("utf-8-sig").split("\r\n")

        assert content.startswith(b"\xef\xbb\xbfCivilit\xc3\xa9;Nom;Pr\xc3\xa9nom;Organisme;Courriel;")
        assert lines[-1] == ""
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert (
            lines[1]
            == "Mme;Lefèvre;Élodie;;abc2@example.org;envoyé;oui;2;agenda;30/03/2025 14:30;avec mon mari, merci;;présent;reçu par le serveur;;;;;;"
            "abc2p-7"
        )

    def test_for_programs(self, rows: list[Row]) -> None:
        """The columns and values of the contract, commas, no mark, no guard, moments in UTC; other columns behind."""
        content = to_csv.write(rows, machine=True)
        table = from_csv(content, ",")

        assert f"{MACHINE},groups,Téléphone,=Remarque" == ",".join(table[0])
        assert not content.startswith(b"\xef\xbb\xbf")
        assert table[1][6:10] == ["accepted", "2", "calendar", "2025-03-30T12:30:00Z"]
        assert [table[2][6], table[2][10], table[2][12]] == ["declined", "=1+1", ""]
        assert table[7][5:10] == ["bounced", "none", "", "", ""]
        assert table[10][12] == "absent"
        assert table[6][11] == "unclear"
        assert table[7][13:16] == ["g2p", "unreachable", ""]
        assert table[4][19:21] == ["", "Mme Petit"]

    def test_without_anybody(self) -> None:
        """An empty attendance has its headings."""
        assert to_csv.write([], machine=True).decode() == MACHINE + "\r\n"
        assert len(from_csv(to_csv.write([]))[0]) == 16

    def test_nothing_becomes_a_formula(self, rows: list[Row]) -> None:
        """No cell and no heading of people's tables begins like a formula; programs get the text as it is."""
        cells = [cell for line in from_csv(to_csv.write(rows)) for cell in line]

        assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r＝＋－＠")] == []
        assert {"'=1+1", "'+33 6 12 34 56 78", "'12/03", '\'@asso; "Les Amis"', "'=Remarque"} <= set(cells)

    def test_remarks_on_health_stay_inside_unless_asked_for(self, rows: list[Row]) -> None:
        """In their place stands where they can be read."""
        assert from_csv(to_csv.write(rows))[9][10] == "(voir mailer why)"
        assert from_csv(to_csv.write(rows, machine=True), ",")[9][10] == "(see mailer why)"
        assert from_csv(to_csv.write(rows, ExportOptions(health=True)))[9][10] == "sera hospitalisée avant"


class TestSaidBesides:
    """Range, adults and children, proxy and substitute."""

    @pytest.fixture
    def said(self, make: Callable[..., Row]) -> list[Row]:
        """A range, a family, a proxy, a substitute, and a plain yes."""
        return [
            make(
                "A", partstat=PartStat.ACCEPTED, ref="a", size=4, least=3, comment="en retard", to_glance=(7,)
            ),
            make("B", partstat=PartStat.ACCEPTED, ref="b", size=4, adults=2, children=2, least=1),
            make("C", partstat=PartStat.DECLINED, ref="c", proxy_to="Mme Lesaffre"),
            make(
                "D", partstat=PartStat.DECLINED, ref="d", delegate="Paul Roy", presence=Presence.REPRESENTED
            ),
            make(
                "E",
                partstat=PartStat.DECLINED,
                ref="e",
                delegate="Léa Roy",
                to_review=(3, 4),
                whys=("names-a-delegate", "lower-trust"),
            ),
            make("F", partstat=PartStat.ACCEPTED, ref="f", size=2),
        ]

    def test_for_programs(self, said: list[Row]) -> None:
        """Each in its column; a proxy is what a represented person has; why something waits is a code."""
        table = from_csv(to_csv.write(said, machine=True), ",")
        columns = [
            table[0].index(name)
            for name in ("party_range", "adults", "children", "proxy_to", "delegate", "review")
        ]

        assert [[line[column] for column in columns] for line in table[1:]] == [
            ["3-4", "", "", "", "", "glance"],
            ["1-4", "2", "2", "", "", ""],
            ["", "", "", "Mme Lesaffre", "", ""],
            ["", "", "", "Paul Roy", "Paul Roy", ""],
            ["", "", "", "", "Léa Roy", "names-a-delegate lower-trust"],
            ["", "", "", "", "", ""],
        ]

    @pytest.mark.parametrize("name", ["csv", "xlsx", "ods"])
    def test_for_people(self, said: list[Row], name: str) -> None:
        """In words, in columns of their own behind the others; the number stays one to calculate with."""
        table = FORMATS[name](said)

        assert table[0][-6:-1] == ["Nombre dit", "Adultes", "Enfants", "Pouvoir donné à", "Remplacé par"]
        assert [line[-6:-1] for line in table[1:]] == [
            ["3 ou 4", "", "", "", ""],
            ["1 à 4", "2", "2", "", ""],
            ["", "", "", "Mme Lesaffre", ""],
            ["", "", "", "", "Paul Roy"],
            ["", "", "", "", "Léa Roy"],
            ["", "", "", "", ""],
        ]
        assert [line[7] for line in table[1:]] == ["4", "4", "", "", "", "2"]
        assert [line[11] for line in table[1:]] == ["à relire", "", "", "", "oui", ""]

    @pytest.mark.parametrize("name", FORMATS)
    def test_a_table_that_comes_back_unchanged_says_the_same(self, said: list[Row], name: str) -> None:
        """None of these columns is a correction, nor is a code in the one for programs."""
        table = from_table.read(FORMATS[name](said), "t")

        assert table.problems == ()
        reviews = [line.cells["review"] for line in table.lines]
        assert reviews == ["yes" if name == "machine" else "glance", "", "", "", "yes", ""]

    def test_only_what_somebody_said_has_a_column(self, said: list[Row]) -> None:
        """Who said nothing besides leaves the table as it was."""
        assert len(from_csv(to_csv.write(said[-1:]))[0]) == 16
        assert from_csv(to_csv.write(said[2:3]))[0][-2] == "Pouvoir donné à"

    def test_a_column_of_the_lists_of_that_name_is_no_word_of_a_program(
        self, make: Callable[..., Row]
    ) -> None:
        """A table for programs is known by the columns that can be corrected."""
        lines = [make(presence=Presence.EXCUSED, fields={"Enfants": "deux"})]

        assert not from_table.read(FORMATS["machine"](lines), "t").lines[0].exact
        assert from_table.read(FORMATS["csv"](lines), "t").lines[0].exact


GUARDED = ["=1+1", "+33 6", "-", "@x", "\tx", "\r", "＝1", "'=1", "''@", "'x", "x", "", "a=b", "’=", "'"]


@pytest.mark.parametrize("text", GUARDED)
def test_the_guard_comes_off_again(text: str) -> None:
    """What is guarded is no formula, and gives the text back."""
    assert text == unguard(guard(text)) == unguard(guard_number(text))
    assert guard(text)[:1] not in tuple("=+-@\t\r＝＋－＠")


@given(text=st.text())
def test_the_guard_comes_off_any_text(text: str) -> None:
    """Whatever stands in a cell, the guard can be taken off."""
    assert text == unguard(guard(text)) == unguard(guard_number(text))


class TestWorkbooks:
    """XLSX and ODS."""

    def test_xlsx_has_texts_and_no_formulas(self, rows: list[Row]) -> None:
        """Every text is a text, the size a number, the moment a date; headings stay in sight and filter."""
        book = openpyxl.load_workbook(io.BytesIO(to_xlsx.write(rows, title="Réunion & co", now=NOW)))
        (sheet,) = book.worksheets
        kinds = {
            cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None
        }

        assert {"s", "n", "d"} == kinds
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", "A1:T11")
        assert (
            sheet["K3"].value,
            sheet["H2"].value,
            sheet["J2"].value,
        ) == ("=1+1", 2, ON_THE_CLOCK)
        assert ("Réunion & co", NOW.replace(tzinfo=None)) == (book.properties.title, book.properties.created)
        assert len(sheet.data_validations.dataValidation) == 2

    def test_ods_is_one(self, rows: list[Row]) -> None:
        """The mimetype comes first and bare, the XML is sound, and texts are texts."""
        content = to_ods.write(rows, title="Réunion & co", now=NOW)
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            first = book.infolist()[0]
            text = book.read("content.xml").decode()

            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            assert "table:formula" not in text
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert [sheet[2][10], sheet[1][7], sheet[1][9]] == ["=1+1", 2.0, ON_THE_CLOCK]

    def test_the_same_rows_give_the_same_bytes(self, rows: list[Row]) -> None:
        """Nothing but the arguments goes into the file."""
        for writer in (to_xlsx, to_ods):
            assert writer.write(rows, title="t", now=NOW) == writer.write(rows, title="t", now=NOW)

    @given(text=st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text_survives_in_ods(self, make: Callable[..., Row], text: str) -> None:
        """Whatever a list holds, the file can be opened; what XML cannot hold is left out."""
        line = make(last="x")
        person = replace(line.person, contact=Contact("a@example.org", last_name=text))
        line = replace(line, person=person)
        cells = from_book(to_ods.write([line], title=text, now=NOW))

        assert _printed(text) == _printed(cells[1][1])


def _printed(text: str) -> str:
    """The signs that are seen: calamine leaves tabs out."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


class TestReadBack:
    """A table that comes back says what it said."""

    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format(self, rows: list[Row], name: str) -> None:
        """Each line names the same invitee and says the same."""
        table = from_table.read(FORMATS[name](rows), "t")
        expected = [shown(row) for row in rows]
        if name == "machine":
            expected[9]["presence"] = "absent"

        assert table.problems == ()
        assert expected == [
            {column: line.cells[column] for column in shown(row) if column in line.cells}
            for row, line in zip(rows, table.lines, strict=True)
        ]
        last = 0 if name == "machine" else 7
        assert [(line.reference, line.place, line.last_entry) for line in table.lines] == [
            (row.person.ref, 0, last) for row in rows
        ]
        assert (name != "machine") is table.lines[0].exact

    def test_columns_moved_added_and_taken_out(self, rows: list[Row]) -> None:
        """A title above, columns in another order, and new ones do not matter."""
        table = [[*line[::-1], "à moi"] for line in from_csv(to_csv.write(rows))]
        read = from_table.read([["Réunion du 31 mars"], [], *table], "t")

        assert [row.standing.partstat.word for row in rows] == [line.cells["answer"] for line in read.lines]
        assert read.lines[0].number == 4

    @pytest.mark.parametrize(
        ("column", "text", "meaning"),
        [
            ("Réponse", "OUI", "accepted"),
            ("Réponse", " Oui\u00a0", "accepted"),
            ("Réponse", "peut etre", None),
            ("Réponse", "Peut-Etre", "tentative"),
            ("Réponse", "", "none"),
            ("Réponse", "accepted", "accepted"),
            ("Réponse", "maybe", "tentative"),
            ("Nombre de personnes", "3,0", "3"),
            ("Nombre de personnes", "02", "2"),
            ("Nombre de personnes", "deux", None),
            ("Nombre de personnes", "-1", None),
            ("Présence", "Présente", "present"),
            ("Présence", "excusée", "excused"),
            ("Présence", "x", "present"),
            ("Présence", "peut-être", None),
        ],
    )
    def test_what_people_type(self, column: str, text: str, meaning: str | None) -> None:
        """Words are understood without regard to case and accents; others are told with their line."""
        read = from_table.read([["Nom", column], ["Roux", text]], "t.csv")
        (name,) = set(read.lines[0].cells) - {"last_name"} or {""}

        assert meaning == read.lines[0].cells.get(name)
        assert [(2, text.strip())] * (meaning is None) == [(p.origin.line, p.read) for p in read.problems]

    def test_what_is_no_attendance_is_refused(self) -> None:
        """A contact list is not taken for a corrected attendance."""
        with pytest.raises(UserError, match="not-an-attendance-table"):
            from_table.read([["Civilité", "Nom", "Courriel"], ["Mme", "A", "a@example.org"]], "t")

    @given(table=st.lists(st.lists(st.text(max_size=9), max_size=4), max_size=4))
    def test_any_cells_can_be_read(self, table: list[list[str]]) -> None:
        """Below the headings may stand what will."""
        read = from_table.read([["Nom", "Réponse", "Présence", "Nombre de personnes"], *table], "t")

        assert all(
            line.cells.get("answer", "none") in meanings(Column.ANSWER).values() for line in read.lines
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_reads_back(language: str) -> None:
    """No two values of a column share a word, and every column has a heading."""
    for column, called in words(language).items():
        assert len(called) == len(set(called.values()))
        assert list(called) == [meanings(column)[fold_accents(word)] for word in called.values()]
    read = heading_names()
    assert list(headings(language)) == [read[fold_accents(word)] for word in headings(language).values()]


OFFICE = shutil.which("soffice")
FILTERS = {
    "csv": "csv:Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true,false",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "ods": "ods:calc8",
}


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("source", FILTERS)
def test_saved_again_by_libreoffice(rows: list[Row], source: str, tmp_path: Path) -> None:
    """Opened as a French user would and saved as CSV, XLSX and ODS, the table reads back without one change."""
    assert OFFICE is not None
    writers = {
        "csv": lambda: to_csv.write(rows),
        "xlsx": lambda: to_xlsx.write(rows, title="t", now=NOW),
        "ods": lambda: to_ods.write(rows, title="t", now=NOW),
    }
    file = tmp_path / f"attendance.{source}"
    file.write_bytes(writers[source]())
    opening = (
        ["--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true"] if source == "csv" else []
    )
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for target, how in FILTERS.items():
        out = tmp_path / target
        command = [
            OFFICE,
            profile,
            "--headless",
            *opening,
            "--convert-to",
            how,
            "--outdir",
            str(out),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        content = (out / f"attendance.{target}").read_bytes()
        table = from_csv(content) if target == "csv" else from_book(content)
        read = from_table.read(table, "t")

        assert read.problems == ()
        assert [shown(row) for row in rows] == [
            {column: line.cells[column] for column in shown(row)}
            for row, line in zip(rows, read.lines, strict=True)
        ]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("oui", "accepted"),
        ("Non", "declined"),
        ("peut-être", "tentative"),
        ("peut etre", "tentative"),
        ("perhaps", "tentative"),
        ("maybe", "tentative"),
        ("yes", "accepted"),
        ("accepted", "accepted"),
        ("présent", "present"),
        ("PRESENTE", "present"),
        ("absent", "absent"),
        ("excusée", "excused"),
        ("représenté", "represented"),
        ("x", ""),
        ("p", ""),
        ("", ""),
        ("remplacé", ""),
        ("sans réponse", ""),
    ],
)
def test_what_staff_may_record(said: str, value: str) -> None:
    """Answers and presences are taken in French and English; letters that mean one thing in one column only are not."""
    assert staff_word(said) == value


def test_a_column_of_the_list_that_is_called_like_one_of_ours_gets_a_number(make: Callable[..., Row]) -> None:
    """Ours come first, in both tables, and every heading is there once."""
    lines = [make(fields={"state": "Nord", "adults": "2", "État": "neuf"})]
    machine = from_csv(to_csv.write(lines, machine=True), ",")

    assert machine[0][-3:] == ["state (2)", "adults (2)", "État"]
    assert machine[1][-3:] == ["Nord", "2", "neuf"]
    people = from_csv(to_csv.write(lines))[0]
    assert people[-4:] == ["state", "adults", "État (2)", "Référence"]
    assert len(people) == len(set(people))
