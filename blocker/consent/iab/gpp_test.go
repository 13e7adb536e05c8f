package iab_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

func TestGPPReadsWhatTheReferenceLibraryReads(t *testing.T) {
	var file struct {
		Vectors []struct {
			S        string
			Sections []iab.Section
			US       map[string]state
			USP      *[3]iab.Answer
			TCF      *struct {
				Fault                                              string
				CmpID                                              uint16
				PurposeConsents, PublisherConsents, VendorConsents set
			}
		}
	}
	load(t, "gpp.json", &file)
	require.Len(t, file.Vectors, 50)
	madeUp := 0
	for _, v := range file.Vectors {
		t.Run(short(v.S), func(t *testing.T) {
			g, fault := iab.ParseGPP(v.S)
			require.Equal(t, iab.OK, fault)
			for _, id := range v.Sections {
				assert.True(t, g.Has(id), id)
			}
			for name, want := range v.US {
				us, fault := g.US(sectionOf(name))
				if want.Version > 2 {
					// Made up to try the library's fields: no such version of a section exists.
					assert.Equal(t, iab.UnknownVersion, fault, name)
					madeUp++
					continue
				}
				assert.Equal(t, iab.OK, fault, name)
				assert.Equal(t, want, stateOf(us), name)
			}
			usp, fault := g.USP()
			if v.USP != nil {
				assert.Equal(t, iab.OK, fault)
				assert.Equal(t, *v.USP, [3]iab.Answer{usp.Notice, usp.OptOutSale, usp.LSPA})
			} else {
				assert.Equal(t, iab.Absent, fault)
			}
			tcf, fault := g.TCF()
			if v.TCF == nil {
				assert.Equal(t, iab.Absent, fault)
				return
			}
			assert.Equal(t, v.TCF.Fault, fault.String())
			if fault == iab.OK {
				assert.Equal(t, v.TCF.CmpID, tcf.CmpID())
				assert.Equal(t, v.TCF.PurposeConsents.bits(), tcf.PurposeConsents())
				assert.Equal(t, v.TCF.PublisherConsents.bits(), tcf.PublisherConsents())
				askVendors(t, v.TCF.VendorConsents, tcf.VendorConsent)
			}
		})
	}
	assert.Equal(t, 7, madeUp)
}

func TestGPPRefusesWhatTheReferenceLibraryRefuses(t *testing.T) {
	var file struct {
		Rejected []struct{ S, Error string }
	}
	load(t, "gpp.json", &file)
	require.Len(t, file.Rejected, 10)
	for _, v := range file.Rejected {
		assert.True(t, refused(v.S), "%s: %s", v.S, v.Error)
	}
}

// refused reports whether any part of a GPP string is at fault.
func refused(s string) bool {
	g, fault := iab.ParseGPP(s)
	if fault != iab.OK {
		return true
	}
	faulty := func(fault iab.Fault) bool { return fault != iab.OK && fault != iab.Absent }
	_, tcf := g.TCF()
	_, usp := g.USP()
	bad := faulty(tcf) || faulty(usp)
	for id := iab.USNat; id <= iab.USRI; id++ {
		_, us := g.US(id)
		bad = bad || faulty(us)
	}
	return bad
}

func TestGPPHeaders(t *testing.T) {
	var file struct {
		Headers []struct {
			S        string
			Sections []iab.Section
		}
	}
	load(t, "gpp.json", &file)
	require.Len(t, file.Headers, 4)
	for _, v := range file.Headers {
		s := v.S
		for range v.Sections {
			s += "~x"
		}
		g, fault := iab.ParseGPP(s)
		require.Equal(t, iab.OK, fault, s)
		for id := iab.Section(0); id < 255; id++ {
			assert.Equal(t, slices.Contains(v.Sections, id), g.Has(id), "%s %d", s, id)
		}
	}
}

func TestGPPSamplesOfTheStandard(t *testing.T) {
	g, fault := iab.ParseGPP("DBABLA~CAARAAAAAABA.YA")
	require.Equal(t, iab.OK, fault)
	us, fault := g.US(iab.USNat)
	require.Equal(t, iab.OK, fault)
	assert.Equal(t, state{2, [3]iab.Answer{iab.Yes, iab.NotApplicable, iab.Yes}, [3]iab.Answer{}, true}, stateOf(us))
}

func TestGPPFaults(t *testing.T) {
	nat := "CAAAAAAAAABA.QA"
	for _, c := range []struct {
		title string
		s     string
		want  iab.Fault
	}{
		{"one section", gppString(map[int]string{7: nat}), iab.OK},
		{"no section", "DBAA", iab.OK},
		{"a section to come", gppString(map[int]string{7: nat, 28: "x", 31: "x", 32: "x", 4000: "x"}), iab.OK},
		{"nothing", "", iab.Malformed},
		{"a letter", "D", iab.Malformed},
		{"a TC string", consented().String(), iab.Malformed},
		{"a US privacy string", "1YNN", iab.Malformed},
		{"version 2", "DCABLA~" + nat, iab.UnknownVersion},
		{"a header alone", "DBABLA", iab.Malformed},
		{"a section too many", "DBABLA~" + nat + "~" + nat, iab.Malformed},
		{"a separator at the end", "DBABLA~" + nat + "~", iab.Malformed},
		{"an empty section", "DBABLA~", iab.Malformed},
		{"an empty section before another", "DBACNY~~1YNN", iab.Malformed},
		{"sections without a header", "~" + nat, iab.Malformed},
		{"a header cut in a number", "DBAB~" + nat, iab.Malformed},
		{"a header with padding", "DBABLA=~" + nat, iab.Malformed},
		{"a number without an end", "DBAB" + "gAAAAAAAAAAAAAAAAAAA~" + nat, iab.Malformed},
		{"4095 ranges of 100000 sections", "DBD_" + "-AAAABgAAAAG_____~x~x~x", iab.Malformed},
	} {
		t.Run(c.title, func(t *testing.T) {
			g, fault := iab.ParseGPP(c.s)
			assert.Equal(t, c.want.String(), fault.String())
			if fault != iab.OK {
				assert.Equal(t, iab.GPP{}, g)
			}
		})
	}
}

func TestAbsentSections(t *testing.T) {
	var g iab.GPP
	for id := iab.Section(0); id < 255; id++ {
		us, fault := g.US(id)
		assert.Equal(t, iab.Absent, fault)
		assert.Equal(t, iab.US{}, us)
		assert.False(t, g.Has(id))
	}
	g, fault := iab.ParseGPP(gppString(map[int]string{2: consented().String(), 6: "1YYN", 28: "BAAAAAAA"}))
	require.Equal(t, iab.OK, fault)
	for id := iab.Section(0); id < 255; id++ {
		_, fault := g.US(id)
		assert.Equal(t, iab.Absent, fault, "no US section has the number %d", id)
	}
	assert.True(t, g.Has(28))
}

func TestAFaultySectionLeavesTheOthersAlone(t *testing.T) {
	g, fault := iab.ParseGPP(gppString(map[int]string{2: "oops", 6: "1YXN", 7: "H???", 8: "BAAAAABA.QA"}))
	require.Equal(t, iab.OK, fault)
	_, fault = g.TCF()
	assert.Equal(t, iab.UnknownVersion, fault)
	_, fault = g.USP()
	assert.Equal(t, iab.Malformed, fault)
	_, fault = g.US(iab.USNat)
	assert.Equal(t, iab.Malformed, fault)
	us, fault := g.US(8)
	assert.Equal(t, iab.OK, fault)
	assert.Equal(t, uint8(1), us.Version())
}

func TestUSFaults(t *testing.T) {
	for _, c := range []struct {
		title string
		id    iab.Section
		s     string
		want  iab.Fault
	}{
		{"usnat 1", 7, "BAAAAAAAAABA.QA", iab.OK},
		{"usnat 2", 7, "CAAAAAAAAABA.QA", iab.OK},
		{"usnat 0", 7, "AAAAAAAAAABA.QA", iab.UnknownVersion},
		{"usnat 3", 7, "DAAAAAAAAABA.QA", iab.UnknownVersion},
		{"usnat as specified in 2026, with a header in front", 7, "HDABMA.FSAB.QA", iab.UnknownVersion},
		{"usky as the library writes it", 26, "BQAA.AAA", iab.OK},
		{"usky under the fifth MSPA", 26, "FQAA.AAA", iab.OK},
		{"usky under no MSPA", 26, "AQAA.AAA", iab.UnknownVersion},
		{"usky as specified in 2026, with a header in front", 26, "aBABMA.BQAA.AAA", iab.UnknownVersion},
		{"usmd as specified in 2026, with a header in front", 24, "YBAB.BQAA.QA", iab.UnknownVersion},
		{"a core cut before the opt-outs", 7, "BAA", iab.Malformed},
		{"a core cut after the opt-outs", 7, "BAAAAAAAA", iab.Malformed},
		{"usnat 1 at its shortest", 7, "BAAAAAAAAA", iab.OK},
		{"a cut core of Kentucky", 26, "BQA.AAA", iab.Malformed},
		{"an answer that is none", 7, "BAAMAAAAAABA.QA", iab.Malformed},
		{"an empty GPC sub-section", 7, "BAAAAAAAAABA.", iab.Malformed},
		{"a GPC sub-section that is no base64url", 7, "BAAAAAAAAABA.Y=", iab.Malformed},
		{"a sub-section of a kind to come", 7, "BAAAAAAAAABA.oA", iab.Malformed},
		{"a GPC sub-section after one of a kind to come", 7, "BAAAAAAAAABA.oA.YA", iab.Malformed},
		{"an empty sub-section where there is none", 13, "Bqqqqqqo.", iab.OK},
	} {
		t.Run(c.title, func(t *testing.T) {
			g, fault := iab.ParseGPP(gppString(map[int]string{int(c.id): c.s}))
			require.Equal(t, iab.OK, fault)
			us, fault := g.US(c.id)
			assert.Equal(t, c.want.String(), fault.String())
			if fault != iab.OK {
				assert.Equal(t, iab.US{}, us)
			}
		})
	}
}

func TestGPCSubSections(t *testing.T) {
	for _, c := range []struct {
		title string
		id    iab.Section
		s     string
		want  bool
	}{
		{"none", 7, "BAAAAAAAAABA", false},
		{"off", 7, "BAAAAAAAAABA.QA", false},
		{"on", 7, "BAAAAAAAAABA.YA", true},
		{"on and then off", 7, "BAAAAAAAAABA.YA.QA", true},
		{"sensitive data in Kentucky that looks like it", 26, "BQAA.YAA", false},
		{"Virginia has none", 9, "BVoYYYI.YA", false},
	} {
		t.Run(c.title, func(t *testing.T) {
			g, fault := iab.ParseGPP(gppString(map[int]string{int(c.id): c.s}))
			require.Equal(t, iab.OK, fault)
			us, fault := g.US(c.id)
			require.Equal(t, iab.OK, fault)
			assert.Equal(t, c.want, us.GPC())
		})
	}
}

func TestGPPReadsBackWhatTheEncoderWrote(t *testing.T) {
	for seed := range uint64(200) {
		roundTripGPP(t, rand.New(rand.NewPCG(seed, 2)))
	}
}

// roundTripGPP writes a GPP string of random content and holds what is read against it.
func roundTripGPP(t *testing.T, r *rand.Rand) {
	sections := map[int]string{}
	states := map[iab.Section]state{}
	chance := r.Float64()
	tc := randomTC(r).String()
	if r.IntN(3) == 0 {
		sections[2] = tc
	}
	if r.IntN(3) == 0 {
		sections[6] = "1YN-"
	}
	for id := iab.USNat; id <= iab.USRI; id++ {
		if r.Float64() < chance {
			s, withGPC := randomUS(r, id)
			states[id], sections[int(id)] = s, usSection(id, s, withGPC)
		}
	}
	for range r.IntN(3) {
		sections[28+r.IntN(5000)] = "unknown"
	}
	text := gppString(sections)
	g, fault := iab.ParseGPP(text)
	require.Equal(t, iab.OK, fault, text)
	for id := iab.Section(0); id <= iab.USRI; id++ {
		assert.Equal(t, sections[int(id)] != "", g.Has(id))
	}
	for id, want := range states {
		us, fault := g.US(id)
		require.Equal(t, iab.OK, fault, text)
		assert.Equal(t, want, stateOf(us), text)
	}
	if g.Has(iab.TCFEUv2) {
		want, wantFault := iab.ParseTCF(tc)
		tcf, fault := g.TCF()
		assert.Equal(t, wantFault, fault)
		assert.Equal(t, want, tcf)
	}
	if g.Has(iab.USPv1) {
		usp, fault := g.USP()
		assert.Equal(t, iab.OK, fault)
		assert.Equal(t, iab.USP{Notice: iab.Yes, OptOutSale: iab.No}, usp)
	}
}

// randomUS is a section with answers in the fields that it has, and whether it is written with a GPC sub-section.
func randomUS(r *rand.Rand, id iab.Section) (s state, withGPC bool) {
	s.Version = 1 + uint8(r.IntN(2))
	for use := range s.OptOuts {
		s.OptOuts[use], s.Notices[use] = iab.Answer(r.IntN(3)), iab.Answer(r.IntN(3))
	}
	if id != iab.USNat {
		lacks := iab.Sharing
		if id == 8 {
			lacks = iab.TargetedAdvertising
		}
		s.OptOuts[lacks], s.Notices[lacks] = iab.NotApplicable, iab.NotApplicable
	}
	switch id {
	case 9, 11, 13, 25, 26, 27:
		return s, false
	}
	if withGPC = r.IntN(2) == 0; withGPC {
		s.GPC = r.IntN(2) == 0
	}
	return s, withGPC
}
