package consent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// browsed is a jar of some forty cookies, as one has after a visit or two, with the choice of a CMP among them.
func browsed(t testing.TB) string {
	others := strings.Repeat("_ga_K89QP760VG=GS1.1.1660986376.1.0.1660986379.0.0.0; __stripe_mid=d8e328c4-296b-4774-a76f-02d9502a0defa43228; "+
		"session=eyJpdiI6IjJjeWhNc3lzbFdMVGNCRzJxK2hncFE9PSIsInZhbHVlIjoiRzdtU2NPdUJzdTlQ; theme=dark; ", 10)
	for _, s := range samples(t) {
		if s.CMP == "onetrust" {
			return others + s.jar()
		}
	}
	return others
}

func BenchmarkStored(b *testing.B) {
	r, jar := &consent.Reader{}, browsed(b)
	heard := 0
	b.ReportAllocs()
	b.SetBytes(int64(len(jar)))
	for b.Loop() {
		r.Stored(jar, "", 1795435200000, func(*consent.Signal) { heard++ })
	}
	require.Equal(b, b.N, heard)
}

func BenchmarkKeeps(b *testing.B) {
	r := &consent.Reader{}
	for b.Loop() {
		if r.Keeps("_ga_K89QP760VG") {
			b.Fatal("kept")
		}
	}
}

func BenchmarkLive(b *testing.B) {
	r, s := &consent.Reader{}, consent.Signal{}
	for b.Loop() {
		r.Live("onetrust", `{"C0001":true,"C0002":true,"C0003":true,"C0004":false}`, true, &s)
	}
	require.Equal(b, granted, s.States[consent.Analytics])
}
