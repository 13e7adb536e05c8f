package consent

// GPC takes in Global Privacy Control (w3c.github.io/gpc): an objection to selling and sharing, which denies marketing.
// Off is no consent to anything.
func (r *Reader) GPC(on bool, s *Signal) {
	*s = Signal{Source: GPC}
	if on {
		s.States[Marketing] = Denied
	}
}
