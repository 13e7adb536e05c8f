package iab_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

// tcVector is a TC string with what @iabtcf/core reads from it.
type tcVector struct {
	S                                string `json:"s"`
	Fault                            string `json:"fault"`
	Created, LastUpdated             uint64
	CmpID                            uint16 `json:"cmpId"`
	PolicyVersion                    uint8
	IsServiceSpecific                bool
	PurposeOneTreatment              bool
	PublisherCC                      string
	SpecialFeatures                  set
	PurposeConsents, PurposeLI       set
	PublisherTC                      bool
	PublisherConsents                set
	VendorConsents, DisclosedVendors set
	Restrictions                     []restriction
}

func TestTCFReadsWhatTheReferenceLibraryReads(t *testing.T) {
	var file struct{ Vectors []tcVector }
	load(t, "tcf.json", &file)
	require.Len(t, file.Vectors, 48)
	for _, v := range file.Vectors {
		t.Run(short(v.S), func(t *testing.T) {
			tcf, fault := iab.SplitTCF(v.S)
			require.Equal(t, iab.OK, fault)
			assertTC(t, v, tcf)
			tcf, fault = iab.ParseTCF(v.S)
			assert.Equal(t, v.Fault, fault.String())
			if fault == iab.OK {
				assertTC(t, v, tcf)
			} else {
				assert.Equal(t, iab.TCF{}, tcf)
			}
		})
	}
}

func assertTC(t *testing.T, want tcVector, tcf iab.TCF) {
	t.Helper()
	country := tcf.PublisherCC()
	assert.Equal(t, uint8(2), tcf.Version())
	assert.Equal(t, want.Created, tcf.Created())
	assert.Equal(t, want.LastUpdated, tcf.LastUpdated())
	assert.Equal(t, want.CmpID, tcf.CmpID())
	assert.Equal(t, want.PolicyVersion, tcf.PolicyVersion())
	assert.Equal(t, want.IsServiceSpecific, tcf.IsServiceSpecific())
	assert.Equal(t, want.PurposeOneTreatment, tcf.PurposeOneTreatment())
	assert.Equal(t, want.PublisherCC, string(country[:]))
	assert.Equal(t, want.SpecialFeatures.bits(), tcf.SpecialFeatures())
	assert.Equal(t, want.PurposeConsents.bits(), tcf.PurposeConsents())
	assert.Equal(t, want.PurposeLI.bits(), tcf.PurposeLI())
	assert.Equal(t, want.PublisherTC, tcf.HasPublisherTC())
	assert.Equal(t, want.PublisherConsents.bits(), tcf.PublisherConsents())
	askVendors(t, want.VendorConsents, tcf.VendorConsent)
	askVendors(t, want.DisclosedVendors, tcf.DisclosedVendor)
	assertRestrictions(t, want.Restrictions, tcf)
}

// assertRestrictions asks for every purpose and each vendor up to the last one restricted, and a few beyond.
func assertRestrictions(t *testing.T, want []restriction, tcf iab.TCF) {
	t.Helper()
	type key struct {
		purpose uint8
		vendor  uint16
	}
	strictest := map[key]iab.Restriction{}
	last := uint16(3)
	for _, r := range want {
		for vendor := range r.Vendors {
			k := key{r.Purpose, vendor}
			if old := strictest[k]; old == iab.Unrestricted || iab.Restriction(r.Type)+1 < old {
				strictest[k] = iab.Restriction(r.Type) + 1
			}
			last = max(last, vendor)
		}
	}
	for purpose := range uint8(25) {
		for vendor := range last + 3 {
			if got := tcf.Restriction(purpose, vendor); got != strictest[key{purpose, vendor}] {
				assert.Equal(t, strictest[key{purpose, vendor}], got, "purpose %d, vendor %d", purpose, vendor)
			}
		}
	}
}

// short makes a test's title of a string.
func short(s string) string {
	if len(s) > 40 {
		return s[:24] + "…" + s[len(s)-12:]
	}
	return s
}

func TestTCFRefusesWhatTheReferenceLibraryRefuses(t *testing.T) {
	var file struct {
		Rejected []struct{ S, Error string }
	}
	load(t, "tcf.json", &file)
	require.Len(t, file.Rejected, 14)
	for _, v := range file.Rejected {
		tcf, fault := iab.ParseTCF(v.S)
		assert.NotEqual(t, iab.OK, fault, "%s: %s", v.S, v.Error)
		assert.Equal(t, iab.TCF{}, tcf)
	}
}

func TestTCFFaults(t *testing.T) {
	valid := consented()
	with := func(change func(*tcString)) string {
		s := consented()
		change(&s)
		return s.String()
	}
	core := valid.core()
	for _, c := range []struct {
		title string
		s     string
		want  iab.Fault
	}{
		{"a valid string", valid.String(), iab.OK},
		{"nothing", "", iab.Malformed},
		{"a dot", ".", iab.Malformed},
		{"a letter", "C", iab.Malformed},
		{"a TCF 1 string", "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", iab.UnknownVersion},
		{"version 3", with(func(s *tcString) { s.version = 3 }), iab.UnknownVersion},
		{"a GPP string", "DBABMA~" + core, iab.Malformed},
		{"padding", core + "=", iab.Malformed},
		{"the other base64 alphabet", strings.Replace(core, "A", "+", 1), iab.Malformed},
		{"a blank before", " " + core, iab.Malformed},
		{"a blank after", core + " ", iab.Malformed},
		{"a letter beyond ASCII", core + "é", iab.Malformed},
		{"CMP 0", with(func(s *tcString) { s.cmp = 0 }), iab.UnknownCMP},
		{"CMP 1", with(func(s *tcString) { s.cmp = 1 }), iab.UnknownCMP},
		{"CMP 2", with(func(s *tcString) { s.cmp = 2 }), iab.OK},
		{"global scope", with(func(s *tcString) { s.serviceSpecific = false }), iab.NotServiceSpecific},
		{
			"policy 3 on the last day it was allowed",
			with(func(s *tcString) { s.policy, s.created, s.updated = 3, 16_961_183_999, 16_961_183_999 }), iab.OK,
		},
		{
			"policy 3 on 1 October 2023",
			with(func(s *tcString) { s.policy, s.created, s.updated = 3, 16_961_184_000, 16_961_184_000 }), iab.OldPolicy,
		},
		{"policy 3 created in 2020, updated today", with(func(s *tcString) { s.policy, s.created = 3, 15_800_000_000 }), iab.OldPolicy},
		{"policy 3 created today, updated in 2020", with(func(s *tcString) { s.policy, s.updated = 3, 15_800_000_000 }), iab.OldPolicy},
		{"policy 4 today", with(func(s *tcString) { s.policy = 4 }), iab.OK},
		{"policy 63 today", with(func(s *tcString) { s.policy = 63 }), iab.OK},
		{"legitimate interest for purposes 2, 7 to 24", with(func(s *tcString) { s.interests = of(2, 7, 8, 9, 10, 24) }), iab.OK},
		{"legitimate interest for purpose 3", with(func(s *tcString) { s.interests = of(3) }), iab.ForbiddenInterest},
		{"legitimate interest for purpose 6", with(func(s *tcString) { s.interests = of(2, 6) }), iab.ForbiddenInterest},
		{
			"legitimate interest for purpose 4 when it was allowed",
			with(func(s *tcString) {
				s.interests, s.policy, s.created, s.updated = of(4), 2, 16_000_000_000, 16_000_000_000
			}), iab.OK,
		},
		{
			"no disclosed vendors on 28 February 2026",
			with(func(s *tcString) { s.disclosed, s.created, s.updated = false, 17_723_231_999, 17_723_231_999 }), iab.OK,
		},
		{
			"no disclosed vendors on 1 March 2026",
			with(func(s *tcString) { s.disclosed, s.created, s.updated = false, 17_723_232_000, 17_723_232_000 }), iab.NoDisclosedVendors,
		},
		{"an empty set of disclosed vendors", with(func(s *tcString) { s.disclosedVendors = nil }), iab.OK},
		{"a publisher segment first", with(func(s *tcString) { s.publisher, s.publisherFirst = true, true }), iab.OK},
		{"a dot at the end", valid.String() + ".", iab.Malformed},
		{"two sets of disclosed vendors", valid.String() + "." + valid.disclosedSegment(), iab.Malformed},
		{"two publisher segments", valid.String() + "." + valid.publisherSegment() + "." + valid.publisherSegment(), iab.Malformed},
		{"two cores", valid.String() + "." + core, iab.Malformed},
		{"a segment of a type that does not exist", valid.String() + ".oAAA", iab.Malformed},
		{"allowed vendors, given up with TCF 2.2", valid.String() + ".QAAA", iab.OK},
		{"cut allowed vendors", valid.String() + ".QAB", iab.Malformed},
		{"a cut publisher segment", valid.String() + ".YAAAAAAAA", iab.Malformed},
		{"a publisher segment whose custom purposes are missing", valid.String() + ".YAAAAAAAB_", iab.Malformed},
		{"a cut set of disclosed vendors", core + ".IAC", iab.Malformed},
		{"a country that is no letter", with(func(s *tcString) { s.country = "D[" }), iab.Malformed},
		{"vendor 0", with(func(s *tcString) { s.asRanges, s.vendors = true, of(0) }), iab.Malformed},
		{"a restriction of the reserved type", with(func(s *tcString) { s.restrictions = []restriction{{2, 3, of(5)}} }), iab.Malformed},
		{"a restriction on purpose 0", with(func(s *tcString) { s.restrictions = []restriction{{0, 1, of(5)}} }), iab.Malformed},
		{"a restriction on vendor 0", with(func(s *tcString) { s.restrictions = []restriction{{2, 1, of(0)}} }), iab.Malformed},
	} {
		t.Run(c.title, func(t *testing.T) {
			tcf, fault := iab.ParseTCF(c.s)
			assert.Equal(t, c.want.String(), fault.String())
			if fault != iab.OK {
				assert.Equal(t, iab.TCF{}, tcf)
			}
		})
	}
}

func TestEveryCutOfATCStringIsMalformed(t *testing.T) {
	s := consented()
	s.publisher, s.publisherConsents, s.restrictions = true, of(1, 7), []restriction{{3, 1, of(7, 8, 9, 755)}}
	for _, asRanges := range []bool{false, true} {
		s.asRanges = asRanges
		whole := s.String()
		_, fault := iab.ParseTCF(whole)
		require.Equal(t, iab.OK, fault)
		core := len(s.core())
		for n := range len(whole) {
			_, fault := iab.ParseTCF(whole[:n])
			switch n {
			case core: // a core without its segments
				assert.Equal(t, iab.NoDisclosedVendors, fault)
			case core + 1 + len(s.disclosedSegment()):
				assert.Equal(t, iab.OK, fault)
			default:
				assert.Equal(t, iab.Malformed, fault, "%s", whole[:n])
			}
		}
	}
}

func TestRangesThatRunBackwardsAreMalformed(t *testing.T) {
	prefix := func() *writer {
		var w writer
		for _, c := range consented().core()[:35] { // to bit 210, three before the vendors
			w.put(uint64(strings.IndexRune(alphabet, c)), 6)
		}
		return w.put(3, 3)
	}
	for first := uint64(0); first < 5; first++ {
		for last := uint64(0); last < 5; last++ {
			w := prefix().put(9, 16).put(1, 1).put(1, 12).put(1, 1).put(first, 16).put(last, 16).put(0, 17+12)
			tcf, fault := iab.SplitTCF(w.String())
			if first == 0 || last < first {
				assert.Equal(t, iab.Malformed, fault)
				continue
			}
			require.Equal(t, iab.OK, fault)
			want := set{}
			for id := first; id <= last; id++ {
				want[uint16(id)] = true
			}
			askVendors(t, want, tcf.VendorConsent)
		}
	}
	beyond := prefix().put(9, 16).put(1, 1).put(1, 12).put(1, 1).put(8, 16).put(60000, 16).put(0, 17+12)
	tcf, fault := iab.SplitTCF(beyond.String())
	require.Equal(t, iab.OK, fault)
	askVendors(t, of(8, 9), tcf.VendorConsent) // ids above MaxVendorId are not in the set
}

func TestConsented(t *testing.T) {
	for _, c := range []struct {
		title    string
		change   func(*tcString)
		purposes set
		want     bool
	}{
		{"some of the vendors' purposes", nil, of(1, 8), true},
		{"all of the vendors' purposes", nil, of(1, 2, 3, 4, 7, 8), true},
		{"one purpose too many", nil, of(1, 8, 9), false},
		{"no purpose", nil, nil, false},
		{"a purpose that cannot be", nil, of(1, 32), false},
		{"an empty publisher segment", func(s *tcString) { s.publisher = true }, of(1, 8), true},
		{
			"publisher consents that agree",
			func(s *tcString) { s.publisher, s.publisherConsents = true, of(1, 8, 9) },
			of(1, 8, 9), true,
		},
		{
			"publisher consents that refuse what vendors were given",
			func(s *tcString) { s.publisher, s.publisherConsents = true, of(1) },
			of(1, 8), false,
		},
		{
			"no publisher consent beside legitimate interest",
			func(s *tcString) { s.publisher, s.publisherInterests = true, of(8) },
			of(1, 8), false,
		},
		{
			"no publisher consent beside custom purposes",
			func(s *tcString) { s.publisher, s.customPurposes = true, 1 },
			of(1, 8), false,
		},
		{"purpose 1 that was not disclosed", func(s *tcString) { s.purposeOne, s.consents = true, of(8) }, of(1, 8), false},
		{"legitimate interest is no consent", func(s *tcString) { s.consents, s.interests = of(1), of(8) }, of(1, 8), false},
	} {
		t.Run(c.title, func(t *testing.T) {
			s := consented()
			if c.change != nil {
				c.change(&s)
			}
			tcf, fault := iab.ParseTCF(s.String())
			require.Equal(t, iab.OK, fault)
			assert.Equal(t, c.want, tcf.Consented(c.purposes.bits()))
		})
	}
}

func TestTheZeroTCFGrantsNothing(t *testing.T) {
	var tcf iab.TCF
	assert.False(t, tcf.Consented(0))
	assert.False(t, tcf.Consented(1))
	askVendors(t, nil, tcf.VendorConsent)
	askVendors(t, nil, tcf.DisclosedVendor)
	assert.Equal(t, iab.Unrestricted, tcf.Restriction(1, 1))
	assert.Zero(t, tcf.Version())
	assert.Zero(t, tcf.PurposeConsents())
	assert.Zero(t, tcf.PublisherConsents())
	assert.False(t, tcf.HasPublisherTC())
	assert.False(t, tcf.HasDisclosedVendors())
	assert.False(t, tcf.IsServiceSpecific())
}

func TestTCFReadsBackWhatTheEncoderWrote(t *testing.T) {
	valid := 0
	for seed := range uint64(100) {
		if roundTripTC(t, rand.New(rand.NewPCG(seed, 1))) {
			valid++
		}
	}
	assert.Greater(t, valid, 20, "enough of the strings keep the rules")
}

// roundTripTC writes a TC string of random content, holds what is read against it, and reports whether it keeps the
// rules.
func roundTripTC(t *testing.T, r *rand.Rand) bool {
	s := randomTC(r)
	text := s.String()
	want := tcVector{
		Created: s.created, LastUpdated: s.updated, CmpID: uint16(s.cmp), PolicyVersion: uint8(s.policy),
		IsServiceSpecific: s.serviceSpecific, PurposeOneTreatment: s.purposeOne, PublisherCC: s.country,
		SpecialFeatures: s.features, PurposeConsents: s.consents, PurposeLI: s.interests, PublisherTC: s.publisher,
		VendorConsents: s.vendors, Restrictions: s.restrictions,
	}
	if s.publisher {
		want.PublisherConsents = s.publisherConsents
	}
	if s.disclosed {
		want.DisclosedVendors = s.disclosedVendors
	}
	tcf, fault := iab.SplitTCF(text)
	require.Equal(t, iab.OK, fault, text)
	assertTC(t, want, tcf)
	parsed, fault := iab.ParseTCF(text)
	if fault == iab.OK {
		assert.Equal(t, tcf, parsed)
	} else {
		assert.Equal(t, iab.TCF{}, parsed)
	}
	return fault == iab.OK
}
