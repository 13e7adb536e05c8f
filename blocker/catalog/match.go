package catalog

// NotFound is what the lookups return when nothing matches.
const NotFound = -1

// FindHost returns the index in Hosts of the entry that covers host and path, or NotFound. host is lower-case
// and may carry one trailing dot and a port, which do not make it another host.
func FindHost(host, path string) int {
	host = Hostname(host)
	for i := range Hosts {
		h := &Hosts[i]
		if Under(host, h.Name) && (h.Path == "" || Glob(h.Path, path)) {
			return i
		}
	}
	return NotFound
}

// FindCookie returns the index in Cookies of the pattern that covers name, or NotFound.
func FindCookie(name string) int { return find(Cookies[:], name) }

// FindStorageKey returns the index in StorageKeys of the pattern that covers name, or NotFound.
func FindStorageKey(name string) int { return find(StorageKeys[:], name) }

// FindDatabase returns the index in Databases of the pattern that covers name, or NotFound.
func FindDatabase(name string) int { return find(Databases[:], name) }

func find(patterns []string, name string) int {
	for i, p := range patterns {
		if Glob(p, name) {
			return i
		}
	}
	return NotFound
}

// Hostname returns host without its port and without one trailing dot. An IPv6 literal keeps its brackets.
func Hostname(host string) string {
	for i := len(host) - 1; i >= 0 && host[i] != ']'; i-- {
		if host[i] == ':' {
			host = host[:i]
			break
		}
	}
	if n := len(host); n > 0 && host[n-1] == '.' {
		host = host[:n-1]
	}
	return host
}

// Under reports whether host is parent or a subdomain of it, label by label.
func Under(host, parent string) bool {
	cut := len(host) - len(parent)
	return cut >= 0 && host[cut:] == parent && (cut == 0 || host[cut-1] == '.')
}

// Glob reports whether s matches pattern, in which '*' stands for any run of characters, none included.
func Glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
