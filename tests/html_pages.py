"""What a reader of a page sees, for tests."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tables by name, every reference to something else, and all text shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables, self.links, self.text = {}, [], ''
        self._rows, self._inside = None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self._inside.append(tag)
        self.links += [attrs[key] for key in ('src', 'href') if key in attrs]
        if tag == 'table':
            self._rows = self.tables[attrs['id'].removeprefix('table-')] = []
        elif tag == 'tr':
            self._rows.append([])
        elif tag in ('td', 'th'):
            self._rows[-1].append('')

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if {'script', 'style'} & set(self._inside):
            return
        self.text += data
        if {'td', 'th'} & set(self._inside):
            self._rows[-1][-1] += data
