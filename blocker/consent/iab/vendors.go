package iab

// A TC string writes a set of vendor ids as MaxVendorId and then either a bit for each id or a list of ranges.

// vendors reads such a set and reports whether id is in it; 0 never is. Ids above MaxVendorId are not in the set,
// whatever the ranges say.
func (r *reader) vendors(id uint32) (found bool) {
	last := r.take(16)
	if r.take(1) == 1 {
		found = r.ranges(id)
		return found && id <= last
	}
	end := r.at + int(last)
	if id != 0 && id <= last {
		r.skip(int(id) - 1)
		found = r.take(1) == 1
	}
	r.at = end
	r.skip(0)
	return found
}

// ranges reads a list of ids and ranges of ids, and reports whether id is in one of them. Id 0 is never in one: a list
// that names it, or a range that runs backwards, is malformed.
func (r *reader) ranges(id uint32) (found bool) {
	for n := r.take(12); n > 0 && !r.bad; n-- {
		isRange := r.take(1) == 1
		first := r.take(16)
		last := first
		if isRange {
			last = r.take(16)
		}
		r.bad = r.bad || first == 0 || last < first
		found = found || id >= first && id <= last
	}
	return found && !r.bad
}

// restrictions reads the list of publisher restrictions and returns the strictest on a purpose for a vendor. One on no
// purpose or of the reserved type 3 is malformed.
func (r *reader) restrictions(purpose uint8, vendor uint16) Restriction {
	strictest := Unrestricted
	for n := r.take(12); n > 0 && !r.bad; n-- {
		about := r.take(6)
		kind := Restriction(r.take(2)) + 1
		r.bad = r.bad || about == 0 || kind > RequireLegitimateInterest
		if r.ranges(uint32(vendor)) && about == uint32(purpose) && (strictest == Unrestricted || kind < strictest) {
			strictest = kind
		}
	}
	return strictest
}
