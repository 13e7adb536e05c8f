package iab_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

// long is a TC string with all the segments, near the size limit of a cookie.
func long() string {
	s := consented()
	s.publisher, s.publisherConsents = true, of(1, 8)
	s.vendors, s.disclosedVendors = set{}, set{}
	for id := uint16(1); id < 6000; id += 1 + id%3 {
		s.vendors[id], s.disclosedVendors[id] = true, true
	}
	for purpose := uint8(1); purpose < 12; purpose++ {
		s.restrictions = append(s.restrictions, restriction{purpose, 1, of(3, 5, 7, 9, 755, 756)})
	}
	return s.String()
}

// everything reads all that a gate may ask for.
func everything(tc, gpp string) (granted bool) {
	tcf, _ := iab.ParseTCF(tc)
	granted = tcf.Consented(0b10000001) && tcf.VendorConsent(755) && tcf.DisclosedVendor(755)
	granted = granted && tcf.Restriction(8, 755) != iab.NotAllowed
	g, _ := iab.ParseGPP(gpp)
	for id := iab.USNat; id <= iab.USRI; id++ {
		us, _ := g.US(id)
		granted = granted && us.OptOut(iab.Sale) != iab.Yes
	}
	usp, _ := g.USP()
	return granted && usp.OptOutSale != iab.Yes
}

func TestNothingIsAllocated(t *testing.T) {
	tc := long()
	_, fault := iab.ParseTCF(tc)
	require.Equal(t, iab.OK, fault)
	gpp := gppString(map[int]string{2: tc, 6: "1YNN", 7: "CAAAAAAAAABA.YA", 27: "BQAA.AAA"})
	damaged := tc[:len(tc)-9] + "?"
	assert.Zero(t, testing.AllocsPerRun(20, func() { everything(tc, gpp) }))
	assert.Zero(t, testing.AllocsPerRun(20, func() { everything(damaged, gpp[:len(gpp)-4]) }))
}

// TestHostileCountsEndWithTheString lets counts promise far more than is there. A reader that believed them would take
// seconds to years for this test.
func TestHostileCountsEndWithTheString(t *testing.T) {
	core := func() *writer {
		var w writer
		for _, c := range consented().core()[:35] {
			w.put(uint64(strings.IndexRune(alphabet, c)), 6)
		}
		return w.put(3, 3)
	}
	ones := strings.Repeat("_", 60)
	for title, s := range map[string]string{
		"65535 vendors as bits":            core().put(65535, 16).put(0, 1).String() + ones,
		"4095 ranges":                      core().put(65535, 16).put(1, 1).put(4095, 12).String() + ones,
		"4095 restrictions of 4095 ranges": core().put(0, 34).put(4095, 12).String() + ones,
		"4095 restrictions without an end": core().put(0, 34).put(4095, 12).put(0b000001_00, 8).put(4095, 12).String(),
		"63 custom purposes":               consented().String() + ".YAAAAAAAB_",
		"65535 disclosed vendors":          consented().core() + ".I__8",
	} {
		t.Run(title, func(t *testing.T) {
			for range 1000 {
				_, fault := iab.ParseTCF(s)
				require.Equal(t, iab.Malformed, fault)
			}
		})
	}
	sections := strings.Repeat("~x", 10)
	for title, s := range map[string]string{
		"4095 ranges of sections":    "DBD_" + ones + sections,
		"a range of 100000 sections": new(writer).put(3, 6).put(1, 6).put(1, 12).put(1, 1).fibonacci(1).fibonacci(100_000).String() + sections,
		"sections from 46368 on":     new(writer).put(3, 6).put(1, 6).put(2, 12).put(0, 1).fibonacci(46368).String() + sections,
	} {
		t.Run(title, func(t *testing.T) {
			for range 1000 {
				_, fault := iab.ParseGPP(s)
				require.Equal(t, iab.Malformed, fault)
			}
		})
	}
}

func BenchmarkParseTCF(b *testing.B) {
	core := consented()
	core.vendors, core.disclosedVendors = nil, nil
	for _, c := range []struct{ name, s string }{{"core", core.String()}, {"long", long()}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.s)))
			for b.Loop() {
				if _, fault := iab.ParseTCF(c.s); fault != iab.OK {
					b.Fatal(fault)
				}
			}
		})
	}
}

func BenchmarkTCFQuestions(b *testing.B) {
	tcf, fault := iab.ParseTCF(long())
	require.Equal(b, iab.OK, fault)
	for _, c := range []struct {
		name string
		ask  func()
	}{
		{"Consented", func() { tcf.Consented(0b10000001) }},
		{"VendorConsent", func() { tcf.VendorConsent(755) }},
		{"Restriction", func() { tcf.Restriction(8, 755) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.ask()
			}
		})
	}
}

func BenchmarkGPP(b *testing.B) {
	s := gppString(map[int]string{2: long(), 6: "1YNN", 7: "CAAAAAAAAABA.YA", 8: "BAAAAABA.QA"})
	b.ReportAllocs()
	for b.Loop() {
		g, _ := iab.ParseGPP(s)
		if us, fault := g.US(iab.USNat); fault != iab.OK || !us.GPC() {
			b.Fatal(fault)
		}
	}
}
