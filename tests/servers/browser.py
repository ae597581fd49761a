"""A browser without a screen: it follows redirects, keeps cookies, and posts the forms of the pages it is shown."""

from __future__ import annotations

import html.parser
import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

SECONDS = 120.0


@dataclass
class Form:
    """A form of a page: where it is sent, and its fields with the values they have."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, and its fields; a button counts only when it is pressed."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")


class Browser:
    """`url` and `text` are the page it stands on, whatever its status; `trust` is for pages by HTTPS."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPSHandler(context=trust),
        )
        self.url = self.text = ""

    def open(self, url: str, data: dict[str, str] | None = None) -> str:
        """Go to an address, or post to it; return the text of the page in the end."""
        body = None if data is None else urllib.parse.urlencode(data).encode()
        try:
            response = self._opener.open(url, body, timeout=SECONDS)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            self.url = response.url
            self.text = response.read().decode("utf-8", "replace")
        return self.text

    @property
    def form(self) -> Form:
        """Return the form of the page."""
        found = _Forms()
        found.feed(self.text)
        assert found.forms, f"no form at {self.url}: {self.text}"
        return found.forms[0]

    def submit(self, **values: str) -> str:
        """Fill in the form of the page and send it; return the text of the next page."""
        form = self.form
        return self.open(urllib.parse.urljoin(self.url, form.action or self.url), {**form.fields, **values})

    def sign_in(self, url: str, address: str, password: str) -> str:
        """Follow an authorization request to its end as somebody who allows it; return the text of the last page."""
        self.open(url)
        self.submit(address=address, password=password, choice="yes")
        return self.submit(choice="yes")

    def confirm_code(self, url: str, code: str, address: str, password: str) -> str:
        """Enter the code of a device login and allow it; return the text of the last page."""
        self.open(url)
        if "user_code" not in self.form.fields or not self.form.fields["user_code"]:
            self.submit(user_code=code)
        self.submit()
        self.submit(address=address, password=password, choice="yes")
        return self.submit(choice="yes")
