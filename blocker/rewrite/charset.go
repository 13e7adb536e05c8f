package rewrite

import "strings"

// charset is what matters of a character encoding: whether its markup is ASCII.
type charset uint8

const (
	// undeclared: a browser may guess, ISO-2022-JP among others.
	undeclared charset = iota
	// ascii: bytes below 0x80 that matter to markup ('<', '>', quotes, white space) always stand for themselves, as in
	// UTF-8, the Windows and ISO 8859 encodings, Shift_JIS, EUC, GBK and Big5.
	ascii
	// switching: escape sequences give bytes another meaning.
	switching
	// wide: two bytes a character.
	wide
)

const (
	utf8Mark       = "\xEF\xBB\xBF"
	wideMarkBig    = "\xFE\xFF"
	wideMarkLittle = "\xFF\xFE"
)

// charsetOf sorts a label as the Encoding standard lists them (encoding.spec.whatwg.org, "names and labels").
func charsetOf(label string) charset {
	label = strings.ToLower(strings.Trim(label, " \t\n\f\r\"'"))
	switch label {
	case "":
		return undeclared
	case "iso-2022-jp", "csiso2022jp", "iso-2022-kr", "csiso2022kr", "iso-2022-cn", "iso-2022-cn-ext", "hz-gb-2312",
		"replacement":
		return switching
	case "utf-16", "utf-16le", "utf-16be", "unicode", "unicodefeff", "unicodefffe", "ucs-2", "csunicode",
		"iso-10646-ucs-2":
		return wide
	}
	return ascii
}

// metaCharset sorts the label of a <meta>. A page that can be read far enough to find UTF-16 there is not UTF-16, and
// browsers take it for UTF-8.
func metaCharset(label string) charset {
	if c := charsetOf(label); c != wide {
		return c
	}
	return ascii
}

// byteOrderMark returns the mark that b starts with; wait is true when more bytes are needed to tell.
func byteOrderMark(b []byte) (mark string, wait bool) {
	for _, mark := range [...]string{utf8Mark, wideMarkBig, wideMarkLittle} {
		n := min(len(b), len(mark))
		if string(b[:n]) != mark[:n] {
			continue
		}
		if n == len(mark) {
			return mark, false
		}
		wait = true
	}
	return "", wait
}
