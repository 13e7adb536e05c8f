package consent

// Keeps reports whether a cookie or storage key holds a choice, or part of one, of any CMP.
func (r *Reader) Keeps(key string) bool {
	rows := items(cmps)
	for rows != "" {
		row := items(rows.next('\n'))
		row.next(';')
		if keys := items(row.next(';')); r.at(keys, key) {
			return true
		}
	}
	return false
}

// Stored reads the choices that CMPs have stored and gives each to put, for the time of the call: a signal for each row of the table (Signal.CMP is
// its number), and one for a standard. What is expired, garbled, undecided or of an unknown form gives none.
//
// jar is a list of "name=value; name=value" as in document.cookie; storage keys stand in it alike, their values
// percent-encoded. now is the time in milliseconds since 1970.
//
// With an empty key these are the choices of earlier visits. They are heard until the CMP itself speaks (Board.Put),
// and never say that a visitor needs no prior consent: he may have been elsewhere then. With the name of a key that was
// written just now, only the choices that it is a part of are read. They are the CMP's own word, be it that nothing is
// chosen; but the string of a standard stays a stored one, since the word of a standard is its API's.
func (r *Reader) Stored(jar, key string, now int64, put func(*Signal)) {
	s := &r.said
	*s = Signal{Source: CMP, Stored: key == ""}
	r.now = uint32(now / 100_000)
	r.jar = items(jar)
	var strings [sourceCount]marks
	rows := items(cmps)
	for rows != "" {
		s.CMP++
		row := items(rows.next('\n'))
		name := row.next(';')
		keys := items(row.next(';'))
		if key != "" && !r.at(keys, key) || !r.Listens(name) {
			continue
		}
		r.own = row.next(';')
		r.places = row
		said := r.row(keys)
		if index(string(row), '%') >= 0 {
			strings[r.standard] |= said
		} else if s.States = said.states(); !s.Stored || s.States != (States{}) {
			put(s)
		}
	}
	s.CMP, s.Stored = 0, true
	for source := range strings {
		if said := strings[source]; said != 0 {
			s.Source, s.States, s.GDPR = Source(source), said.states(), said&gdpr != 0
			put(s)
		}
	}
}

// row reads every cookie that is one of the keys of a row.
func (r *Reader) row(keys items) marks {
	r.begin()
	rest := r.jar
	for rest != "" {
		value := items(rest.next(';'))
		for value != "" && value[0] == ' ' {
			value = value[1:]
		}
		if r.at(keys, value.next('=')) {
			r.value(len(r.path), string(value))
		}
	}
	return r.end()
}

// at reports whether a cookie or storage key is one of the keys of a row, and makes its path.
func (r *Reader) at(keys items, key string) bool {
	for n := byte('0'); keys != ""; n++ {
		pattern := keys.next(' ')
		end := len(pattern) - 1
		star := pattern[end]
		if star == '*' || star == '?' {
			if len(key) < end || key[:end] != pattern[:end] {
				continue
			}
		} else if key != pattern {
			continue
		}
		r.path = r.path[:0]
		if n > '0' {
			r.path = append(r.path, n)
		}
		if star == '*' {
			r.under(len(r.path), key[end:])
		}
		return true
	}
	return false
}
