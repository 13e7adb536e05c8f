package blocker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func BenchmarkDecide(b *testing.B) {
	for _, c := range []struct{ name, config string }{{"Default", "{}"}, {"Busy", busyConfig}} {
		config, problems := blocker.ParseConfig(c.config)
		require.Empty(b, problems)
		config.PageHost = "www.shop.example"
		gate := blocker.New(config)
		requests := sampleRequests()
		for _, name := range keysOf(requests) {
			r := requests[name]
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					gate.Decide(r)
				}
			})
		}
	}
}

func BenchmarkMaskCookies(b *testing.B) {
	gate := blocker.New(blocker.Config{})
	for _, c := range []struct{ name, list string }{
		{"Clean", "session=6b020acb; lang=en; cart=3; _ga=GA1.1.1; theme=dark"},
		{"Masked", "session=6b020acb; ajs_anonymous_id=7f2ffd99; lang=en; ajs_user_id=null; cart=3; theme=dark"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				gate.MaskCookies(c.list)
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	gate := blocker.New(blocker.Config{})
	yes := consent.Signal{Source: consent.CMP, States: choice(granted, granted, granted)}
	no := consent.Signal{Source: consent.CMP, States: choice(denied, denied, denied)}
	b.ReportAllocs()
	for b.Loop() {
		gate.Apply(yes)
		gate.Apply(no)
	}
}

func BenchmarkParseConfig(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		blocker.ParseConfig(busyConfig)
	}
}
