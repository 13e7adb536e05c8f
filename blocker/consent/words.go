package consent

// Mapping gives a category to a word: a CMP's category, service or vendor as the site calls it.
type Mapping struct {
	Name     string
	Category Category
}

// common is the vocabulary that CMPs share, and the name of Segment itself where a CMP asks for each service.
const common = "analytics=a,statistics=a,measurement=a,segment=a,marketing=m,advertising=m,advertisement=m,ads=m," +
	"functional=f,functionality=f,preferences=f"

// The words for yes and no, of all CMPs. Any other value leaves the choice open.
const (
	yesWords = "true,1,yes,allow,granted,accept,accepted,approved"
	noWords  = "false,0,no,deny,denied,reject,rejected,revoked"
)

// stateOf is what a CMP's value means.
func stateOf(value string) State {
	if listed(yesWords, value) {
		return Granted
	}
	if listed(noWords, value) {
		return Denied
	}
	return Unset
}

// listed reports whether a word is one of a list with commas.
func listed(list, word string) bool {
	rest := items(list)
	for rest != "" {
		if same(rest.next(','), word) {
			return true
		}
	}
	return false
}

// marks is what was said of the categories, word by word: a Set of those that were granted, above it one of those that
// were refused, above it one of those that were left open, then whether the GDPR applies. Of contradictions the
// stricter one counts: a refusal, then an open choice, then a grant. So what several words stand for is granted only
// by all of them, and to join marks is to or them.
type marks uint32

const (
	refused = 8
	open    = 16
	gdpr    = marks(1 << 24)
	closed  = marks(All) << refused
)

// states are what the marks come to.
func (m marks) states() (s States) {
	for c := Functional; c < categoryCount; c++ {
		if m>>c>>refused&1 == 1 {
			s[c] = Denied
		} else if m>>c&(1|1<<open) == 1 {
			s[c] = Granted
		}
	}
	return s
}

// mark takes in that a word has a state.
func (r *Reader) mark(word string, state State) {
	m := r.stands(word)
	switch state {
	case Granted:
		m &= 1<<refused - 1
	case Denied:
		m &^= 1<<refused - 1
	default:
		m = m >> refused << open
	}
	r.marks |= m
}

// stands returns the categories that a word grants, and above them those that it refuses. The site's own word wins over
// the CMP's, and that over the common one.
func (r *Reader) stands(word string) marks {
	for i := range r.Words {
		if same(r.Words[i].Name, word) {
			return marks(Of(r.Words[i].Category)) * (1 + 1<<refused)
		}
	}
	m := lookup(r.own, word)
	if m == 0 {
		m = lookup(common, word)
	}
	return m
}

// lookup finds a word in a list of "word=letters"; 0 if it is not there. A word without letters stands for what is
// necessary, and so for nothing that can be refused.
func lookup(list, word string) marks {
	rest := items(list)
	for rest != "" {
		letters := items(rest.next(','))
		if _, ok := glob(letters.next('='), word); !ok {
			continue
		}
		m := marks(1)
		for i := range len(letters) {
			at := index("nfamNFAM", letters[i])
			m |= 1 << (refused + at&3)
			if at < 4 {
				m |= 1 << at
			}
		}
		return m
	}
	return 0
}

// glob compares a text with a pattern that may have one '*', and returns what that stands for; without one the whole.
func glob(pattern, text string) (rest string, ok bool) {
	star := index(pattern, '*')
	if star < 0 {
		return text, same(pattern, text)
	}
	end := len(text) - (len(pattern) - star - 1)
	if end < star || !same(pattern[:star], text[:star]) || !same(pattern[star+1:], text[end:]) {
		return "", false
	}
	return text[star:end], true
}

// same compares two texts; capital letters make no difference in ASCII.
func same(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if d := a[i] ^ b[i]; d != 0 && (d != 32 || a[i]|32 < 'a' || a[i]|32 > 'z') {
			return false
		}
	}
	return true
}

// items are texts with separators between.
type items string

// next takes the first one off.
func (l *items) next(separator byte) string {
	all := *l
	at := index(string(all), separator)
	if at < 0 {
		*l = ""
		return string(all)
	}
	*l = all[at+1:]
	return string(all[:at])
}

// part takes the first one off where any of the separators may stand.
func (l *items) part(separators string) string {
	all := *l
	at := 0
	for at < len(all) && index(separators, all[at]) < 0 {
		at++
	}
	*l = all[min(at+1, len(all)):]
	return string(all[:at])
}

// index returns where a byte stands in a text; -1 if it does not.
func index(text string, c byte) int {
	for i := 0; i < len(text); i++ {
		if text[i] == c {
			return i
		}
	}
	return -1
}
