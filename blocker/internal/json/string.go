package json

// Str reads a string and decodes its escapes; half a surrogate pair becomes U+FFFD. Without escapes the result shares
// the text's memory.
func (r *Reader) Str() string {
	raw, escaped := r.raw()
	if !escaped {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			continue
		}
		i++
		switch raw[i] {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			unit, _ := hex4(raw, i+1)
			i += 4
			code := rune(unit)
			if low, ok := lowSurrogate(raw, i+1); ok && unit >= 0xD800 && unit < 0xDC00 {
				code = (code-0xD800)<<10 + (rune(low) - 0xDC00) + 0x10000
				i += 6
			}
			out = append(out, string(code)...)
		default:
			out = append(out, raw[i])
		}
	}
	return string(out)
}

// raw reads a string's text between its quotes and says whether it holds escapes.
func (r *Reader) raw() (text string, escaped bool) {
	r.space()
	if !r.expect('"') {
		return "", false
	}
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return r.text[start : r.at-1], escaped
		case c == '\\':
			escaped = true
			r.at++
			if !r.escape() {
				r.failed = true
				return "", false
			}
		case c < ' ':
			r.failed = true
			return "", false
		}
	}
	r.at = len(r.text)
	r.failed = true
	return "", false
}

// escape reports whether what stands after a backslash is one of the standard's escapes.
func (r *Reader) escape() bool {
	if r.at >= len(r.text) {
		return false
	}
	switch r.text[r.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		_, ok := hex4(r.text, r.at+1)
		return ok
	}
	return false
}

func hex4(s string, at int) (uint32, bool) {
	if at+4 > len(s) {
		return 0, false
	}
	var v uint32
	for i := at; i < at+4; i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint32(c-'0')
		case c|32 >= 'a' && c|32 <= 'f':
			v = v<<4 | uint32(c|32-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}

func lowSurrogate(s string, at int) (uint32, bool) {
	if at+6 > len(s) || s[at] != '\\' || s[at+1] != 'u' {
		return 0, false
	}
	v, ok := hex4(s, at+2)
	return v, ok && v >= 0xDC00 && v < 0xE000
}
