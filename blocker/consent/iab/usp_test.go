package iab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

func TestUSPReadsTheVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			S                string
			Invalid, Applies bool
			Answers          [3]iab.Answer
		}
	}
	load(t, "usp.json", &file)
	require.Len(t, file.Vectors, 8)
	for _, v := range file.Vectors {
		u, fault := iab.ParseUSP(v.S)
		assert.Equal(t, v.Invalid, fault != iab.OK, v.S)
		assert.Equal(t, v.Applies, u.Applies(), v.S)
		assert.Equal(t, v.Answers, [3]iab.Answer{u.Notice, u.OptOutSale, u.LSPA}, v.S)
	}
}

func TestUSPReadsEveryStringOfItsAlphabet(t *testing.T) {
	letters := map[byte]iab.Answer{'-': iab.NotApplicable, 'Y': iab.Yes, 'N': iab.No}
	for a, notice := range letters {
		for b, optOut := range letters {
			for c, lspa := range letters {
				u, fault := iab.ParseUSP(string([]byte{'1', a, b, c}))
				assert.Equal(t, iab.OK, fault)
				assert.Equal(t, iab.USP{Notice: notice, OptOutSale: optOut, LSPA: lspa}, u)
			}
		}
	}
}

func TestUSPFaults(t *testing.T) {
	for s, want := range map[string]iab.Fault{
		"": iab.Malformed, "1": iab.Malformed, "1YN": iab.Malformed, "1YNNN": iab.Malformed, "1YN ": iab.Malformed,
		"1yn-": iab.Malformed, "1YXN": iab.Malformed, "1XYN": iab.Malformed, "1YNX": iab.Malformed, "1\x00NN": iab.Malformed,
		"2YNN": iab.UnknownVersion, "0YNN": iab.UnknownVersion, "XYNN": iab.UnknownVersion, "1YÄ": iab.Malformed,
	} {
		u, fault := iab.ParseUSP(s)
		assert.Equal(t, want.String(), fault.String(), "%q", s)
		assert.Equal(t, iab.USP{}, u)
	}
}
