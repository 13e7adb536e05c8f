package iab_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// writer collects bits; it is the package's decoder turned round, written apart from it.
type writer []byte

func (w *writer) put(v uint64, n int) *writer {
	for i := n - 1; i >= 0; i-- {
		*w = append(*w, byte(v>>i&1))
	}
	return w
}

// flags writes a set of n ids.
func (w *writer) flags(s set, n int) *writer {
	for id := 1; id <= n; id++ {
		*w = append(*w, truth(s[uint16(id)]))
	}
	return w
}

// fibonacci writes a number above 0 in Fibonacci coding.
func (w *writer) fibonacci(v int) *writer {
	terms := []int{1, 2}
	for terms[len(terms)-1] <= v {
		terms = append(terms, terms[len(terms)-1]+terms[len(terms)-2])
	}
	for terms[len(terms)-1] > v {
		terms = terms[:len(terms)-1]
	}
	code := make([]byte, len(terms))
	for i := len(terms) - 1; i >= 0; i-- {
		if terms[i] <= v {
			v -= terms[i]
			code[i] = 1
		}
	}
	*w = append(append(*w, code...), 1)
	return w
}

func (w *writer) String() string {
	var s strings.Builder
	for i := 0; i < len(*w); i += 6 {
		v := 0
		for j := i; j < i+6; j++ {
			v <<= 1
			if j < len(*w) {
				v |= int((*w)[j])
			}
		}
		s.WriteByte(alphabet[v])
	}
	return s.String()
}

func truth(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// ranges writes the list of ranges that holds the set.
func (w *writer) ranges(s set) *writer {
	ids := sorted(s)
	var runs [][2]uint16
	for _, id := range ids {
		if n := len(runs); n > 0 && runs[n-1][1] == id-1 {
			runs[n-1][1] = id
		} else {
			runs = append(runs, [2]uint16{id, id})
		}
	}
	w.put(uint64(len(runs)), 12)
	for _, run := range runs {
		single := run[0] == run[1]
		w.put(uint64(truth(!single)), 1).put(uint64(run[0]), 16)
		if !single {
			w.put(uint64(run[1]), 16)
		}
	}
	return w
}

// vendors writes a set of vendors, as a bit for each or as ranges.
func (w *writer) vendors(s set, asRanges bool) *writer {
	last := uint16(0)
	if ids := sorted(s); len(ids) > 0 {
		last = ids[len(ids)-1]
	}
	w.put(uint64(last), 16).put(uint64(truth(asRanges)), 1)
	if asRanges {
		return w.ranges(s)
	}
	return w.flags(s, int(last))
}

func sorted(s set) []uint16 {
	ids := make([]uint16, 0, len(s))
	for id := range s {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// restriction is one entry of the publisher restrictions.
type restriction struct {
	Purpose uint8 `json:"purpose"`
	Type    uint8 `json:"type"`
	Vendors set   `json:"vendors"`
}

// tcString is a TC string to be written. Its zero value is one of a CMP that may not exist, without any consent.
type tcString struct {
	version, policy, cmp                  uint64
	created, updated                      uint64
	serviceSpecific, purposeOne           bool
	country                               string
	features, consents, interests         set
	vendors, vendorInterests              set
	restrictions                          []restriction
	disclosed, publisher                  bool
	disclosedVendors                      set
	publisherConsents, publisherInterests set
	customPurposes                        int
	asRanges                              bool
	publisherFirst                        bool
}

// consented is a valid string of today with some consents, to be changed by each test.
func consented() tcString {
	return tcString{
		version: 2, policy: 5, cmp: 31, created: 17_900_000_000, updated: 17_900_000_000, serviceSpecific: true,
		country: "DE", consents: of(1, 2, 3, 4, 7, 8), disclosed: true, vendors: of(2, 755), disclosedVendors: of(2, 755),
	}
}

func (t tcString) core() string {
	var w writer
	w.put(t.version, 6).put(t.created, 36).put(t.updated, 36).put(t.cmp, 12)
	w.put(7, 12).put(1, 6).put('E'-'A', 6).put('N'-'A', 6).put(99, 12).put(t.policy, 6)
	w.put(uint64(truth(t.serviceSpecific)), 1).put(0, 1)
	w.flags(t.features, 12).flags(t.consents, 24).flags(t.interests, 24).put(uint64(truth(t.purposeOne)), 1)
	w.put(uint64(t.country[0]-'A'), 6).put(uint64(t.country[1]-'A'), 6)
	w.vendors(t.vendors, t.asRanges).vendors(t.vendorInterests, t.asRanges)
	w.put(uint64(len(t.restrictions)), 12)
	for _, r := range t.restrictions {
		w.put(uint64(r.Purpose), 6).put(uint64(r.Type), 2).ranges(r.Vendors)
	}
	return w.String()
}

func (t tcString) publisherSegment() string {
	var w writer
	w.put(3, 3).flags(t.publisherConsents, 24).flags(t.publisherInterests, 24).put(uint64(t.customPurposes), 6)
	return w.flags(of(1, 3), t.customPurposes).flags(nil, t.customPurposes).String()
}

func (t tcString) disclosedSegment() string {
	var w writer
	return w.put(1, 3).vendors(t.disclosedVendors, t.asRanges).String()
}

func (t tcString) String() string {
	parts := []string{t.core()}
	if t.disclosed {
		parts = append(parts, t.disclosedSegment())
	}
	if t.publisher {
		at := len(parts)
		if t.publisherFirst {
			at = 1
		}
		parts = slices.Insert(parts, at, t.publisherSegment())
	}
	return strings.Join(parts, ".")
}

// randomTC is a TC string of any content, valid by the rules or not.
func randomTC(r *rand.Rand) tcString {
	t := tcString{
		version: 2, policy: r.Uint64N(64), cmp: r.Uint64N(4096), created: r.Uint64N(1 << 36), updated: r.Uint64N(1 << 36),
		serviceSpecific: r.IntN(4) > 0, purposeOne: r.IntN(2) == 0,
		country:  string([]byte{'A' + byte(r.IntN(26)), 'A' + byte(r.IntN(26))}),
		features: randomSet(r, 12), consents: randomSet(r, 24), interests: randomSet(r, 24),
		vendors: randomSet(r, 400), vendorInterests: randomSet(r, 60), disclosedVendors: randomSet(r, 300),
		disclosed: r.IntN(3) > 0, publisher: r.IntN(2) == 0, publisherFirst: r.IntN(2) == 0,
		publisherConsents: randomSet(r, 24), publisherInterests: randomSet(r, 24), customPurposes: r.IntN(64),
		asRanges: r.IntN(2) == 0,
	}
	if r.IntN(3) == 0 {
		t.policy, t.cmp, t.serviceSpecific, t.disclosed = 5, 2+t.cmp%4094, true, true
		for id := uint16(3); id <= 6; id++ {
			delete(t.interests, id)
		}
	}
	for range r.IntN(4) {
		t.restrictions = append(t.restrictions, restriction{1 + uint8(r.IntN(24)), uint8(r.IntN(3)), randomSet(r, 50)})
	}
	return t
}

func randomSet(r *rand.Rand, last int) set {
	s := set{}
	chance := r.Float64() * r.Float64()
	for id := 1; id <= last; id++ {
		if r.Float64() < chance {
			s[uint16(id)] = true
		}
	}
	return s
}

// gppString writes a GPP string of the sections, which are sorted by number.
func gppString(sections map[int]string) string {
	ids := make([]int, 0, len(sections))
	for id := range sections {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var runs [][2]int
	text := ""
	for _, id := range ids {
		if n := len(runs); n > 0 && runs[n-1][1] == id-1 {
			runs[n-1][1] = id
		} else {
			runs = append(runs, [2]int{id, id})
		}
		text += "~" + sections[id]
	}
	var w writer
	w.put(3, 6).put(1, 6).put(uint64(len(runs)), 12)
	last := 0
	for _, run := range runs {
		isRange := run[1] > run[0]
		w.put(uint64(truth(isRange)), 1).fibonacci(run[0] - last)
		if isRange {
			w.fibonacci(run[1] - run[0])
		}
		last = run[1]
	}
	return w.String() + text
}

// usSection writes a US section field by field, in the order of the specifications.
func usSection(id iab.Section, s state, withGPC bool) string {
	var w writer
	w.put(uint64(s.Version), 6)
	answer := func(answers ...iab.Answer) {
		for _, a := range answers {
			w.put(uint64(a), 2)
		}
	}
	const sale, sharing, targeted = iab.Sale, iab.Sharing, iab.TargetedAdvertising
	switch {
	case id == iab.USNat:
		answer(1, s.Notices[sale], s.Notices[sharing], s.Notices[targeted], 1, 1)
		answer(s.OptOuts[sale], s.OptOuts[sharing], s.OptOuts[targeted])
	case id == 8: // ca
		answer(s.Notices[sale], s.Notices[sharing], 1, s.OptOuts[sale], s.OptOuts[sharing])
	case id == 11 || id == 18: // ut, ia
		answer(1, s.Notices[sale], s.Notices[targeted], 1, s.OptOuts[sale], s.OptOuts[targeted])
	case id >= 24: // md, in, ky, ri
		answer(1, 2, 1, s.Notices[sale], s.Notices[targeted], s.OptOuts[sale], s.OptOuts[targeted])
	default:
		answer(1, s.Notices[sale], s.Notices[targeted], s.OptOuts[sale], s.OptOuts[targeted])
	}
	for range 16 { // what follows differs and is not read
		answer(0, 1, 2)
	}
	if !withGPC {
		return w.String()
	}
	var gpc writer
	return w.String() + "." + gpc.put(1, 2).put(uint64(truth(s.GPC)), 1).String()
}
