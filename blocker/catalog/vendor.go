package catalog

// Vendor is a line of Vendors. The empty one is not known.
type Vendor string

// FindVendor returns the vendor of a destination by one of its names or the folder of its code.
func FindVendor(name string) Vendor {
	// Not the loop's own variable: that is a new one each time around, which TinyGo puts on the heap, and nothing frees it there.
	rest := Vendors
	for rest != "" {
		line := cut(&rest, '\n')
		stems := line[1:]
		stems = cut(&stems, ' ')
		for stems != "" {
			if SameStem(name, cut(&stems, '/')) {
				return Vendor(line)
			}
		}
	}
	return ""
}

// Category is the first letter of the category that the vendor's destinations need; 'm', marketing, for an unknown one.
func (v Vendor) Category() byte {
	if v == "" {
		return 'm'
	}
	return v[0]
}

// Serves reports whether a host, as in FindHost, is one of the vendor's.
func (v Vendor) Serves(host string) bool {
	if v == "" {
		return false
	}
	host = Hostname(host)
	rest := string(v[1:])
	stem := cut(&rest, ' ')
	stem = cut(&stem, '/')
	for rest != "" {
		word := cut(&rest, ' ')
		if word[0] == '.' {
			// ".com" stands for the first stem under it.
			end := len(host) - len(word)
			if end >= 0 && host[end:] == word && Under(host[:end], stem) {
				return true
			}
		} else if word[0] != '=' && Under(host, word) {
			return true
		}
	}
	return false
}

// Keeps reports whether a cookie or storage key is one that the vendor's scripts write.
func (v Vendor) Keeps(name string) bool {
	rest := string(v)
	for cut(&rest, ' '); rest != ""; {
		if word := cut(&rest, ' '); word[0] == '=' && Glob(word[1:], name) {
			return true
		}
	}
	return false
}

// cut takes the first part off a text with separators.
func cut(rest *string, separator byte) string {
	all := *rest
	for i := 0; i < len(all); i++ {
		if all[i] == separator {
			*rest = all[i+1:]
			return all[:i]
		}
	}
	*rest = ""
	return all
}

// fillers are words that say how a destination runs, not whose it is.
const fillers = " actions action web mode plugins cloud destination "

// SameStem reports whether two texts name destinations of one vendor: "Amplitude (Actions)", "Actions Amplitude" and
// "amplitude-plugins" do. Compared are letters and digits, lower-case, of all words that are not fillers.
func SameStem(a, b string) bool {
	x, y := Stemmer{Text: a}, Stemmer{Text: b}
	for n := 0; ; n++ {
		c := x.Next()
		if c != y.Next() {
			return false
		}
		if c == 0 {
			return n > 0
		}
	}
}

// StemPrefix reports whether a text starts with the stem of a name: "braze-deduplicate" does with that of "Braze".
func StemPrefix(name, text string) bool {
	x, y := Stemmer{Text: name}, Stemmer{Text: text}
	for n := 0; ; n++ {
		c := x.Next()
		if c == 0 {
			return n > 0
		}
		if c != y.Next() {
			return false
		}
	}
}

// Stemmer reads a name's stem byte by byte.
type Stemmer struct {
	// Text is the name.
	Text string
	at   int
	// end is where the word ends that is being read.
	end int
}

// Next returns the next byte of the stem, 0 at its end.
func (s *Stemmer) Next() byte {
	for s.at < len(s.Text) {
		if s.at >= s.end && stemByte(s.Text[s.at]) != 0 {
			for s.end = s.at; s.end < len(s.Text) && stemByte(s.Text[s.end]) != 0; s.end++ {
			}
			if isFiller(s.Text[s.at:s.end]) {
				s.at = s.end
				continue
			}
		}
		c := stemByte(s.Text[s.at])
		s.at++
		if c != 0 {
			return c
		}
	}
	return 0
}

// stemByte is a byte as it counts in a stem; 0 for what stands between words. Bytes of other scripts count as they are.
func stemByte(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c | 32
	case (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80:
		return c
	}
	return 0
}

func isFiller(word string) bool {
	rest := fillers[1:]
	for rest != "" {
		filler := cut(&rest, ' ')
		if len(filler) != len(word) {
			continue
		}
		i := 0
		for i < len(word) && word[i]|32 == filler[i] {
			i++
		}
		if i == len(word) {
			return true
		}
	}
	return false
}
