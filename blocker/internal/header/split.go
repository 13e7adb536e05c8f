// Package header reads the values of HTTP header fields.
package header

// Split splits a value at the separators outside of quoted strings (RFC 9110 section 5.6.4). The parts are as they stand
// there, with their spaces and quotes.
func Split(value string, separator byte) (parts []string) {
	start, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == separator && !quoted:
			parts = append(parts, value[start:i])
			start = i + 1
		}
	}
	return append(parts, value[start:])
}
