package consent

// necessaryWords are those for what needs no consent, as far as no CMP's own words say so.
const necessaryWords = "C0001=,necessary=,strictly_necessary=,strictly-necessary=,essential=,required="

// Needs returns what a word of a CMP stands for, whichever CMP it is: the word may be one of ours, or the category of a
// CMP ("C0002", "targeting"). Where CMPs differ, everything that one of them means by it. ok is false for other words.
func Needs(word string) (needs Set, ok bool) {
	if c, known := ParseCategory(word); known {
		return Of(c), true
	}
	m := lookup(necessaryWords, word) | lookup(common, word)
	rows := items(cmps)
	for rows != "" {
		row := items(rows.next('\n'))
		row.next(';')
		row.next(';')
		m |= lookup(row.next(';'), word)
	}
	if m == 0 {
		return 0, false
	}
	// What a word refuses it stands for too.
	if needs = Set(m|m>>refused) & All; needs == 0 {
		needs = Of(Necessary)
	}
	return needs, true
}
