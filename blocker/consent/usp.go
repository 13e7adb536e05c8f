package consent

import "github.com/segment-blocker/segment-blocker/blocker/consent/iab"

// USP takes in a US privacy string. Where the law applies, no prior consent is needed, and an opt-out of sale denies
// marketing. "1---" says nothing: CMPs send it in Europe too. Neither does a faulty string.
func (r *Reader) USP(text string, s *Signal) {
	*s = Signal{Source: USP}
	u, _ := iab.ParseUSP(text)
	if u.Applies() {
		s.Model = OptOut
	}
	if u.OptOutSale == iab.Yes {
		s.States[Marketing] = Denied
	}
}
