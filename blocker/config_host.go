package blocker

// parseProxy reads "host", "host:port" or "host/path". A scheme is tolerated, since people paste URLs, and so is a
// port that every URL leaves out (80 and 443), a trailing dot, and a "/*" at the end.
func parseProxy(s string) (Proxy, bool) {
	for _, scheme := range [...]string{"https://", "http://", "//"} {
		if len(s) > len(scheme) && lower(s[:len(scheme)]) == scheme {
			s = s[len(scheme):]
			break
		}
	}
	cut := 0
	for cut < len(s) && s[cut] != '/' {
		cut++
	}
	p := Proxy{Host: cleanHost(s[:cut]), Prefix: s[cut:]}
	for n := len(p.Prefix); n > 0 && (p.Prefix[n-1] == '/' || p.Prefix[n-1] == '*'); n-- {
		p.Prefix = p.Prefix[:n-1]
	}
	return p, validHost(p.Host) && validPrefix(p.Prefix)
}

// cleanHost writes a host the way a browser hands it over.
func cleanHost(h string) string {
	h = lower(h)
	for _, port := range [...]string{":443", ":80"} {
		if cut := len(h) - len(port); cut > 0 && h[cut:] == port {
			h = h[:cut]
		}
	}
	if n := len(h); n > 0 && h[n-1] == '.' {
		h = h[:n-1]
	}
	return h
}

// validHost reports whether h is a name of labels or an address in brackets, with an optional port.
func validHost(h string) bool {
	name := h
	for i := len(h) - 1; i >= 0 && h[i] != ']'; i-- {
		if h[i] == ':' {
			if name = h[:i]; !every(h[i+1:], isDigit) {
				return false
			}
			break
		}
	}
	if n := len(name); n > 2 && name[0] == '[' && name[n-1] == ']' {
		return every(name[1:n-1], isAddress)
	}
	label := 0
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '.':
			if i == label {
				return false
			}
			label = i + 1
		case !isLabel(c) || (c == '-' && i == label):
			return false
		}
	}
	return label < len(name)
}

// validPrefix reports whether p is a path as it stands in a URL: printable ASCII, without query, fragment or glob.
func validPrefix(p string) bool { return p == "" || every(p, isPath) }

func every(s string, is func(c byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !is(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAddress(c byte) bool { return isDigit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.' }

func isLabel(c byte) bool { return isDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' }

func isPath(c byte) bool {
	return c > ' ' && c <= '~' && c != '?' && c != '#' && c != '*' && c != '\\'
}

func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for j := range b {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] |= 32
				}
			}
			return string(b)
		}
	}
	return s
}

func itoa(n int) string { return string(appendInt(nil, n)) }
