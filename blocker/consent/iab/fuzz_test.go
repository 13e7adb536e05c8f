package iab_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

// addVectors seeds a fuzz target with every string of the vectors, refused ones included.
func addVectors(f *testing.F, files ...string) {
	f.Helper()
	for _, name := range files {
		var file struct{ Vectors, Rejected []struct{ S string } }
		load(f, name, &file)
		for _, v := range append(file.Vectors, file.Rejected...) {
			f.Add(v.S)
		}
	}
}

// FuzzParseTCF holds for any bytes: no panic, and nothing is granted by a string at fault or beyond its own length.
func FuzzParseTCF(f *testing.F) {
	addVectors(f, "tcf.json")
	f.Add(consented().String())
	f.Fuzz(func(t *testing.T, s string) {
		tcf, fault := iab.ParseTCF(s)
		if fault != iab.OK {
			assert.Equal(t, iab.TCF{}, tcf)
			assert.NotEqual(t, iab.Absent, fault)
			return
		}
		assert.Equal(t, uint8(2), tcf.Version())
		assert.True(t, tcf.IsServiceSpecific())
		assert.GreaterOrEqual(t, tcf.CmpID(), uint16(2))
		assert.Less(t, max(tcf.PurposeConsents(), tcf.PurposeLI(), tcf.PublisherConsents()), uint32(1<<24))
		assert.Less(t, tcf.SpecialFeatures(), uint32(1<<12))
		assert.True(t, tcf.HasPublisherTC() || tcf.PublisherConsents() == 0)
		assert.False(t, tcf.Consented(0) || tcf.Consented(1<<24))
		assert.False(t, tcf.VendorConsent(0) || tcf.DisclosedVendor(0))
		assert.True(t, tcf.HasDisclosedVendors() || !tcf.DisclosedVendor(755))
		assert.LessOrEqual(t, tcf.Restriction(1, 755), iab.RequireLegitimateInterest)
		for purpose := range 24 {
			either := (tcf.PurposeConsents() | tcf.PublisherConsents()) >> purpose & 1
			assert.True(t, either == 1 || !tcf.Consented(1<<purpose))
		}
		assert.Equal(t, 2, strings.IndexByte(alphabet, s[0]))
	})
}

// FuzzParseGPP holds for any bytes: no panic, and a section at fault says nothing.
func FuzzParseGPP(f *testing.F) {
	addVectors(f, "gpp.json")
	f.Add(gppString(map[int]string{2: consented().String(), 6: "1YNN", 7: "CAAAAAAAAABA.YA", 40: "?"}))
	f.Fuzz(func(t *testing.T, s string) {
		g, fault := iab.ParseGPP(s)
		if fault != iab.OK {
			assert.Equal(t, iab.GPP{}, g)
		}
		count := 0
		for id := iab.Section(0); id < 64; id++ {
			us, fault := g.US(id)
			if g.Has(id) {
				count++
			} else {
				assert.Equal(t, iab.Absent, fault)
			}
			if fault != iab.OK {
				assert.Equal(t, iab.US{}, us)
				continue
			}
			for use := iab.Sale; use <= iab.TargetedAdvertising; use++ {
				assert.LessOrEqual(t, max(us.OptOut(use), us.Notice(use)), iab.No)
			}
		}
		assert.LessOrEqual(t, count, strings.Count(s, "~"))
		if tcf, fault := g.TCF(); fault != iab.OK {
			assert.Equal(t, iab.TCF{}, tcf)
		}
		if usp, fault := g.USP(); fault != iab.OK {
			assert.Equal(t, iab.USP{}, usp)
		}
	})
}

// FuzzParseUSP holds for any bytes: a string is read whole or not at all.
func FuzzParseUSP(f *testing.F) {
	addVectors(f, "usp.json")
	f.Fuzz(func(t *testing.T, s string) {
		usp, fault := iab.ParseUSP(s)
		if fault != iab.OK {
			assert.Equal(t, iab.USP{}, usp)
			return
		}
		letters := "-YN"
		require.Equal(t, "1"+letters[usp.Notice:][:1]+letters[usp.OptOutSale:][:1]+letters[usp.LSPA:][:1], s)
	})
}

// FuzzEncoded holds for any content: what the tests' own encoder wrote is read back.
func FuzzEncoded(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed*seed)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		roundTripTC(t, rand.New(rand.NewPCG(a, b)))
		roundTripGPP(t, rand.New(rand.NewPCG(b, a)))
	})
}
