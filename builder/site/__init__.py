"""The pages of the site: from the Library to one plain dict a page, and to Markdown."""
