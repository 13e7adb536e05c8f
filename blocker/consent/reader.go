package consent

// Reader turns what sources say into signals. The zero value listens to every CMP and knows its usual words. It is
// not safe for concurrent use, and a signal never refers to what was read.
//
// Its methods take the signal that a source has given last, and make it the one that the source gives now.
type Reader struct {
	// Words are the site's own: a CMP's category, service or vendor by its name. They win over the built-in ones.
	// "tcf:7" names a purpose of the TCF and "vendor:755" one of its vendors, see TCF.
	Words []Mapping
	// CMPs are the names to listen to, of the table and of the standards ("tcf", "gpp", "usp"); nil means all.
	CMPs []string

	modes modes
	choice
}

// Listens reports whether the CMP with this name is to be heard.
func (r *Reader) Listens(name string) bool {
	for i := range r.CMPs {
		if r.CMPs[i] == name {
			return true
		}
	}
	return r.CMPs == nil
}

// Number returns the number of a CMP for Signal.CMP: that of its first row in the table; 0 for one that is not in the
// table, so that all without a row share one voice.
func Number(cmp string) uint8 {
	number, _ := find(cmp)
	return number
}

// Known reports whether there is a consent source of that name: a CMP or a standard of the table, Google Consent Mode, or
// the attributes of the html element.
func Known(name string) bool { return name == "gcm" || name == "generic" || Number(name) > 0 }

// CMPs lists the names of the table, in its order.
func CMPs() (names []string) {
	rows := items(cmps)
	for rows != "" {
		row := items(rows.next('\n'))
		if name := row.next(';'); len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

// find returns the number of a CMP and its own words.
func find(cmp string) (number uint8, own string) {
	rows, n := items(cmps), uint8(1)
	for rows != "" && cmp != "" {
		row := items(rows.next('\n'))
		if row.next(';') == cmp {
			row.next(';')
			return n, row.next(';')
		}
		n++
	}
	return 0, ""
}

// Live takes in what a CMP says of itself: the words of its categories, services or vendors, as a JSON object of words
// and states ({"statistics": true, "marketing": null}), or as a list of the accepted words, in JSON or with commas,
// where a category needs one of its words. Without a decision by the visitor the states are Unset whatever the words
// say, because they are the CMP's defaults. An object that is not JSON says nothing. The model, and whether the GDPR
// applies, are the caller's to set.
func (r *Reader) Live(cmp, words string, decided bool, s *Signal) {
	s.Source, s.Stored = CMP, false
	s.CMP, r.own = find(cmp)
	r.places = "$.*"
	if words == "" || words[0] != '{' {
		r.places = "&"
	}
	r.begin()
	if decided && words != "" {
		r.value(0, words)
	}
	s.States = r.end().states()
}
