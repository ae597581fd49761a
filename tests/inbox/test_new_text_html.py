"""The new text of HTML replies, for each mail program's way of quoting."""

from __future__ import annotations

import pytest

from mailer.inbox.new_text import split_body

TYPED = "Bonjour,<br><br>Je viendrai avec plaisir, nous serons deux.<br><br>Marie Dupont"
SAID = "Bonjour,\n\nJe viendrai avec plaisir, nous serons deux.\n\nMarie Dupont"
EARLIER = (
    "<p>Bonjour Marie,</p><p>Vous êtes invitée à la <b>réunion publique</b>, lundi 31&nbsp;mars de 14&nbsp;h à 16&nbsp;h.</p>"
    "<p>Répondez&nbsp;: <a href='mailto:camille.julien@example.org'>je viens</a> / <a href='#'>je ne viens pas</a></p>"
    "<table><tr><td>Lieu&nbsp;:</td><td>16 bis rue des Travailleurs</td></tr></table><p>Camille Julien<br>Mairie d'Hellemmes</p>"
)

TOP = {
    "Gmail": (
        '<div dir="ltr">{typed}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Le&nbsp;jeu. 13 mars 2025'
        ' à&nbsp;09:14, Camille Julien &lt;<a href="mailto:camille.julien@example.org">camille.julien@example.org</a>&gt; a écrit&nbsp;:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{earlier}</blockquote></div>'
    ),
    "Gmail in a language no table knows": (
        '<div dir="ltr">{typed}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">13 Mach 2025 saa 09:14, Camille Julien aliandika<br></div>'
        '<blockquote class="gmail_quote">{earlier}</blockquote></div>'
    ),
    "Gmail, forwarded": (
        '<div dir="ltr">{typed}<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>De : <b>Camille Julien</b>'
        " &lt;camille.julien@example.org&gt;<br>Date: jeu. 13 mars 2025<br>Subject: Invitation<br>To: &lt;marie.dupont@example.org&gt;<br></div>{earlier}</div></div>"
    ),
    "Gmail, signature above the quotation": (
        '<div dir="ltr">{typed}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"'
        ' data-smartmail="gmail_signature"><b>Marie Dupont</b><br>Absente le mercredi</div></div><br><div class="gmail_quote">'
        '<div class="gmail_attr">On Thu, 13 Mar 2025 at 09:14, Camille Julien &lt;camille.julien@example.org&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote">{earlier}</blockquote></div>'
    ),
    "Outlook on the web": (
        '<html><body dir="ltr"><div class="elementToProof">{typed}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De :</b> Camille Julien &lt;camille.julien@example.org&gt;<br><b>Envoyé :</b> jeudi 13 mars 2025 09:14<br>'
        "<b>À :</b> marie.dupont@example.org<br><b>Objet :</b> Invitation</font><div>&nbsp;</div></div><div>{earlier}</div></body></html>"
    ),
    "Outlook on the web, in a language no table knows": (
        '<div>{typed}</div><hr><div id="x_divRplyFwdMsg" dir="ltr"><b>Kutoka:</b> Camille Julien<br><b>Iliyotumwa:</b> 13 Mach 2025 09:14<br></div><div>{earlier}</div>'
    ),
    "Outlook 2016": (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--p.MsoNormal {{margin:0cm}}--></style><!--[if gte mso 9]><xml><o:shapedefaults/></xml><![endif]-->'
        "</head><body lang=FR><div class=WordSection1><p class=MsoNormal>{typed}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>De&nbsp;:</b> Camille Julien &lt;camille.julien@example.org&gt; <br>"
        "<b>Envoyé&nbsp;:</b> jeudi 13 mars 2025 09:14<br><b>À&nbsp;:</b> marie.dupont@example.org<br><b>Objet&nbsp;:</b> Invitation<o:p></o:p></p></div>{earlier}</div></body></html>"
    ),
    "Outlook for phones": (
        '<body><div dir="auto">{typed}</div><div id="ms-outlook-mobile-signature" dir="auto">Télécharger <a href="https://example.org/o">Outlook pour Android</a></div>'
        '<div id="mail-editor-reference-message-container"><hr><div><b>From:</b> Camille Julien<br></div>{earlier}</div></body>'
    ),
    "Outlook for Mac": (
        '<div>{typed}</div><div><br></div><span id="OLK_SRC_BODY_SECTION"><div><span>From: </span> Camille Julien<br></div>{earlier}</span>'
    ),
    "Windows Mail": (
        '<div><div>{typed}</div><div data-signatureblock="true"><div>Marie</div></div><div style="padding-top: 5px; border-top-width: 1px"><div><font><b>De&nbsp;:</b>&nbsp;'
        '<a href="mailto:camille.julien@example.org">Camille Julien</a><br><b>Envoyé&nbsp;:</b>&nbsp;\u200ejeudi\u200e \u200e13\u200e \u200emars\u200e \u200e2025\u200e \u200e09\u200e:\u200e14'
        "<br><b>À&nbsp;:</b>&nbsp;Marie Dupont</font></div></div><div><br></div><div>{earlier}</div></div>"
    ),
    "Thunderbird": (
        '<html><body><p>{typed}</p><div class="moz-cite-prefix">Le 13/03/2025 à 09:14, Camille Julien a\n      écrit :<br></div>'
        '<blockquote type="cite" cite="mid:1@example.org">{earlier}</blockquote></body></html>'
    ),
    "Thunderbird, typed inside its introduction": (
        '<html><body><div class="moz-cite-prefix">{typed}<br><br>Le 13/03/2025 à 09:14, Camille Julien a écrit :<br></div><blockquote type="cite">{earlier}</blockquote></body></html>'
    ),
    "Thunderbird, forwarded": (
        '<body><p>{typed}</p><div class="moz-forward-container"><br>-------- Message transféré --------<table class="moz-email-headers-table"><tr><th>Sujet : </th><td>Invitation</td></tr></table>'
        "{earlier}</div></body>"
    ),
    "Thunderbird, signature": (
        '<body><p>{typed}</p><div class="moz-signature">-- <br>Marie Dupont<br>Présidente</div><div class="moz-cite-prefix">Am 13.03.25 um 09:14 schrieb Camille Julien:<br></div>'
        '<blockquote type="cite">{earlier}</blockquote></body>'
    ),
    "Apple Mail": (
        '<body style="word-wrap: break-word;">{typed}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Le 13 mars 2025 à 09:14, Camille Julien'
        ' &lt;camille.julien@example.org&gt; a écrit :</div><br class="Apple-interchange-newline"><div>{earlier}</div></blockquote></div></body>'
    ),
    "iPhone": (
        '<body dir="auto">{typed}<br><br><div dir="ltr">Envoyé de mon iPhone</div><div dir="ltr"><br><blockquote type="cite">Le 13 mars 2025 à 09:14, Camille Julien'
        ' &lt;camille.julien@example.org&gt; a écrit :<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{earlier}</div></blockquote></body>'
    ),
    "Yahoo": (
        '<html><body><div class="ydp1a2yahoo-style-wrap"><div dir="ltr">{typed}</div><div><br></div></div><div id="ydp3yahoo_quoted_1234567890" class="ydp3yahoo_quoted"><div>'
        "<div>Le jeudi 13 mars 2025 à 09:14:23 UTC+1, Camille Julien &lt;camille.julien@example.org&gt; a écrit : </div><div><br></div><div>{earlier}</div></div></div></body></html>"
    ),
    "Yahoo in a language no table knows": (
        '<div>{typed}</div><div class="yahoo_quoted" id="yahoo_quoted_12"><div>Alhamisi, 13 Mach 2025, Camille Julien aliandika </div><div>{earlier}</div></div>'
    ),
    "Proton": (
        '<div style="font-family: Arial">{typed}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Envoyé avec la messagerie sécurisée <a href="#">Proton Mail</a>.'
        '</div></div><div><br></div><div class="protonmail_quote">Le jeudi 13 mars 2025 à 09:14, Camille Julien &lt;camille.julien@example.org&gt; a écrit :<br><br>'
        '<blockquote class="protonmail_quote" type="cite">{earlier}</blockquote><br></div>'
    ),
    "Tutanota": (
        '<div dir="auto">{typed}</div><div>--<br>Sécurisé avec Tuta Mail : <br>https://example.org/free-email</div><div><br>13 mars 2025, 09:14 de camille.julien@example.org:<br></div>'
        '<blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">{earlier}</blockquote>'
    ),
    "Zimbra": (
        '<html><body><div style="font-family: arial"><div>{typed}</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>"Camille Julien"'
        ' &lt;camille.julien@example.org&gt;<br><b>À: </b>"Marie"<br><b>Envoyé: </b>Jeudi 13 Mars 2025 09:14:23<br><b>Objet: </b>Invitation<br></div><div data-marker="__QUOTED_TEXT__">{earlier}</div></div></body></html>'
    ),
    "Zoho": (
        '<div>{typed}</div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204);"><br></div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- Le jeu., 13 mars 2025 09:14:23 +0100 '
        '<b>Camille Julien &lt;camille.julien@example.org&gt;</b> a écrit ----</div><div><br></div><blockquote id="blockquote_zmail" style="margin: 0px;"><div>{earlier}</div></blockquote></div>'
    ),
    "SOGo": (
        "<html><body>{typed}<br><br>Le Jeudi, Mars 13, 2025 09:14 CET, Camille Julien &lt;camille.julien@example.org&gt; a écrit:<br>&nbsp;<br>{earlier}</body></html>"
    ),
    "SOGo with a quotation": (
        '<html><body>{typed}<br><br>Le Jeudi, Mars 13, 2025 09:14 CET, Camille Julien &lt;camille.julien@example.org&gt; a écrit:<br>&nbsp;<blockquote type="cite" cite="1@example.org">{earlier}</blockquote></body></html>'
    ),
    "Roundcube": (
        '<html><body><p>{typed}</p><p id="reply-intro">Le 2025-03-13 09:14, Camille Julien a écrit :</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{earlier}</blockquote></body></html>'
    ),
    "GMX": (
        '<html><body><div>{typed}</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Donnerstag, 13. März 2025 um 09:14 Uhr<br/>'
        '<b>Von:</b>&nbsp;"Camille Julien" &lt;camille.julien@example.org&gt;<br/><b>An:</b>&nbsp;marie.dupont@example.org<br/><b>Betreff:</b>&nbsp;Invitation</div><div name="quoted-content">{earlier}</div></div></div></body></html>'
    ),
    "Orange": (
        '<div>{typed}</div><br><br><blockquote style="padding-left: 5px; margin-left: 5px; border-left: #ff0000 2px solid;">&gt; Message du 13/03/25 09:14<br>&gt; De : "Camille Julien" &lt;camille.julien@example.org&gt;<br>'
        "&gt; A : marie.dupont@example.org<br>&gt; Copie à : <br>&gt; Objet : Invitation<br>&gt; <br>{earlier}</blockquote>"
    ),
    "Samsung": (
        '<html><body><div dir="auto">{typed}</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:85%">Envoyé depuis mon appareil Galaxy</div></div><div><br></div>'
        '<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Message d\'origine --------</div><div>De : Camille Julien &lt;camille.julien@example.org&gt; </div><div>Date : 13/03/2025  09:14  (GMT+01:00) </div>'
        "<div>À : marie.dupont@example.org </div><div>Objet : Invitation </div><div><br></div></div>{earlier}</body></html>"
    ),
    "Open-Xchange": (
        '<!doctype html><html><body><div class="default-style">{typed}</div><blockquote type="cite"><div>Camille Julien &lt;camille.julien@example.org&gt; hat am 13.03.2025 09:14 CET geschrieben:</div><div>{earlier}</div></blockquote></body></html>'
    ),
    "Lotus Notes": (
        '<font size=2 face="sans-serif">{typed}</font><br><br><table width=100%><tr><td>De :</td><td>Camille Julien/MAIRIE</td></tr><tr><td>A :</td><td>Marie Dupont/EXT@EXT</td></tr><tr><td>Date :</td><td>13/03/2025 09:14</td></tr>'
        "<tr><td>Objet :</td><td>Invitation</td></tr></table><hr noshade>{earlier}"
    ),
    "FairEmail": (
        '<div fairemail="reply">{typed}</div><div fairemail="signature">Marie</div><div><p>13 mars 2025, 09:14 de camille.julien@example.org:</p></div><blockquote type="cite">{earlier}</blockquote>'
    ),
    "Spark": (
        '<div name="messageBodySection">{typed}</div><div name="messageSignatureSection"><br>Marie</div><div name="messageReplySection">Le 13 mars 2025 à 09:14 +0100, Camille Julien &lt;camille.julien@example.org&gt;, a écrit :<br>'
        '<blockquote type="cite" style="border-left-color: grey;">{earlier}</blockquote></div>'
    ),
    "Airmail": (
        '<div id="bloop_customfont">{typed}</div><div class="bloop_sign">Marie</div><br><p class="airmail_on">On 13 March 2025 at 09:14:23, Camille Julien (camille.julien@example.org) wrote:</p><blockquote type="cite" class="clean_bq">{earlier}</blockquote>'
    ),
    "Yandex": (
        '<div>{typed}</div><div><br/></div><div>13.03.2025, 09:14, "Camille Julien" &lt;camille.julien@example.org&gt;:</div><blockquote>{earlier}</blockquote>'
    ),
    "Mail.ru": (
        '<HTML><BODY><p>{typed}</p><br>Четверг, 13 марта 2025, 9:14 +01:00 от Camille Julien &lt;camille.julien@example.org&gt;:<br><blockquote style="border-left:1px solid #0857A6; margin:10px;">{earlier}</blockquote></BODY></HTML>'
    ),
    "Hotmail 2012": (
        "<html><body class='hmmessage'><div dir='ltr'>{typed}<br><br><div><hr id=\"stopSpelling\">Date: Thu, 13 Mar 2025 09:14:23 +0100<br>From: camille.julien@example.org<br>To: marie.dupont@example.org<br>Subject: Invitation<br><br>{earlier}</div></div></body></html>"
    ),
    "quote marks as text": "<div>{typed}</div><div>&gt; Subject: Invitation<br>&gt; From: camille.julien@example.org<br>&gt; <br>&gt; Répondez : je viens<br></div>",
}


@pytest.mark.parametrize("page", TOP.values(), ids=TOP)
def test_typed_above(page: str) -> None:
    """Text typed above the quotation is returned whole, without a word of the invitation."""
    html = page.format(typed=TYPED, earlier=EARLIER)

    assert " ".join(SAID.split()) == " ".join(split_body("", html).text.split())


@pytest.mark.parametrize("page", TOP.values(), ids=TOP)
def test_nothing_typed(page: str) -> None:
    """A reply in which nothing was typed has no new text: the invitation is never taken for an answer."""
    assert split_body("", page.format(typed="", earlier=EARLIER)).text == ""


BELOW = {
    "Gmail": '<div class="gmail_quote"><div class="gmail_attr">Le jeu. 13 mars 2025 à 09:14, Camille Julien &lt;camille.julien@example.org&gt; a écrit :<br></div><blockquote class="gmail_quote">{earlier}</blockquote><div>{typed}</div></div>',
    "Thunderbird": '<body><div class="moz-cite-prefix">Le 13/03/2025 à 09:14, Camille Julien a écrit :<br></div><blockquote type="cite">{earlier}</blockquote><p>{typed}</p></body>',
    "Roundcube": '<body><p id="reply-intro">Le 2025-03-13 09:14, Camille Julien a écrit :</p><blockquote type="cite">{earlier}</blockquote><p>{typed}</p></body>',
    "Proton": '<div class="protonmail_quote">Le jeudi 13 mars 2025 à 09:14, Camille Julien a écrit :<br><blockquote class="protonmail_quote" type="cite">{earlier}</blockquote></div><div>{typed}</div>',
    "Gmail in a language no table knows": '<div class="gmail_quote"><div class="gmail_attr">Camille Julien aliandika<br></div><blockquote class="gmail_quote">{earlier}</blockquote></div><div>{typed}</div>',
}


@pytest.mark.parametrize("page", BELOW.values(), ids=BELOW)
def test_typed_below(page: str) -> None:
    """An answer below the quotation is returned."""
    html = page.format(typed=TYPED, earlier=EARLIER)

    assert split_body("", html).text == SAID


def test_typed_in_between() -> None:
    """Answers between the parts of a quotation are returned in order."""
    html = (
        '<div>Je réponds dans le texte.</div><div class="gmail_quote"><div class="gmail_attr">Le jeu. 13 mars 2025 à 09:14, Camille Julien a écrit :<br></div>'
        '<blockquote class="gmail_quote">Serez-vous présente ?</blockquote><div>Oui.</div><blockquote class="gmail_quote">À combien ?</blockquote><div>Deux.</div></div>'
    )

    assert split_body("", html).text.replace("\n\n", "\n") == "Je réponds dans le texte.\nOui.\nDeux."


@pytest.mark.parametrize(
    "html",
    [
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Je viendrai.</blockquote>',
        '<blockquote class="webkit-indent-blockquote" style="margin: 0 0 0 40px; border: none;">Je viendrai.</blockquote>',
        "<blockquote>Je viendrai.</blockquote>",
        '<p>Je viendrai.</p><p style="display:none">caché</p>',
        "<title>Re: Invitation</title><style>p {}</style><script>x</script><p>Je viendrai.</p>",
        "<!-- rien --><![if !mso]><p>Je viendrai.</p><![endif]>",
        "<p>Je&nbsp;viendrai.",
        "<pre>Je viendrai.</pre>",
        "<div><p>Je viendrai.</b></p></div></div>",
        '<p title="a > b">Je viendrai.</p>',
    ],
    ids=[
        "Gmail's indentation",
        "Apple's indentation",
        "all indented",
        "hidden",
        "not shown",
        "conditional",
        "unclosed",
        "preformatted",
        "badly nested",
        "bracket in a title",
    ],
)
def test_not_a_quotation(html: str) -> None:
    """Text in elements that do not quote is kept, hidden text is not."""
    assert split_body("", html).text.replace("\u00a0", " ") == "Je viendrai."


def test_html_knows_more_than_plain() -> None:
    """HTML counts if the plain text lost its quote marks."""
    html = f'<p>Oui.</p><blockquote type="cite">{EARLIER}</blockquote>'

    assert split_body("Oui.\n\nBonjour Marie,\n\nRépondez : je viens / je ne viens pas", html).text == "Oui."


def test_plain_knows_more_than_html() -> None:
    """Plain text counts if the HTML does not mark the quotation."""
    assert (
        split_body(
            "Oui.\n\n> je viens / je ne viens pas", "<p>Oui.</p><p>je viens / je ne viens pas</p>"
        ).text
        == "Oui."
    )
