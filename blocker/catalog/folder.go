package catalog

// codeFolders are the paths under which Segment's CDN has a folder for each destination (AN plugins/ajs-destination,
// plugins/remote-loader), the last one that of Analytics.js 1.x.
var codeFolders = [...]string{"/next-integrations/integrations/", "/next-integrations/actions/", "/integrations/"}

// Folder returns the folder of a destination's code that path leads into; empty when it leads into none.
func Folder(path string) string {
	for _, prefix := range codeFolders {
		if len(path) > len(prefix) && path[:len(prefix)] == prefix {
			rest := path[len(prefix):]
			folder := cut(&rest, '/')
			if rest == "" {
				return ""
			}
			return folder
		}
	}
	return ""
}

// AppendDecoded appends what a base64 text without padding stands for; nothing when it is not one.
func AppendDecoded(dst []byte, text string) []byte {
	start := len(dst)
	var bits, count uint
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c -= 'A'
		case c >= 'a' && c <= 'z':
			c -= 'a' - 26
		case c >= '0' && c <= '9':
			c += 52 - '0'
		case c == '+':
			c = 62
		case c == '/':
			c = 63
		default:
			return dst[:start]
		}
		bits = bits<<6 | uint(c)
		if count += 6; count >= 8 {
			count -= 8
			dst = append(dst, byte(bits>>count))
		}
	}
	return dst
}
