package main

import (
	"math/rand/v2"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// What sources say: strings of standards, words of CMPs, and choices as CMPs store them. now is when all are fresh.
const now = 1_795_435_200

var (
	said = []string{
		"", "{}", "[]", `{"analytics":true,"marketing":false}`, `{"statistics":true,"marketing":null,"preferences":"deny"}`, `["C0002","C0004"]`,
		",C0001,C0003,", `{"a":{"analytics":true}}`, `{"analytics":tru`, `{"C1":true,"\u0043\u0032":true}`, "1YYN", "1YNN", "1---", "1Y",
		"CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA", "CAAAACgAAAAygAfB7DDEACEgAP_gAAAAAAYgAhQAwAEAAlACEAAAAAA",
		"DBABLA~CAARAAAAAABA.YA", "DBABLA~CEAgAAAAAABA.QA", "DBABAYA~BlWqqqmaqA", "DBABAw~Bqqqqqqo", "DBACNY~x~1YYN", "D", "C",
	}
	written = []string{
		"klaro=%7B%22analytics%22%3Atrue%7D", `klaro={"marketing":false,"segment":true}`, "usprivacy=1YYN", "__gpp=DBABLA~CAARAAAAAABA.YA",
		"OptanonConsent=groups=C0001%3A1%2CC0002%3A1%2CC0004%3A0&AwaitingReconsent=false", "OptanonAlertBoxClosed=2026-11-20T10:00:00.000Z",
		"CookieConsent={stamp:%27x%27%2Cnecessary:true%2Cpreferences:false%2Cstatistics:true%2Cmarketing:false%2Cmethod:%27explicit%27%2Cver:1%2Cutc:1795000000000}",
		"tarteaucitron=!segment=true!x=wait", "cookieconsent_status=allow", "wp_consent_statistics=allow", "wp_consent_marketing=deny", "theme=dark", "=", "x",
		"euconsent-v2=CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA", "c15t=c.measurement:1,i.t:1795000000000",
	}
	keys = []string{"", "", "", "klaro", "OptanonConsent", "wp_consent_statistics", "usprivacy", "theme"}
)

// randomHear lets a source say something, mostly in a form that it has.
func randomHear(random *rand.Rand, gate *blocker.Gate, source uint32) step {
	name := pick(random, append(consent.CMPs(), "", "x"))
	text := pick(random, said)
	if random.IntN(8) == 0 {
		text = mutate(random, text)
	}
	a, b := random.Uint32(), random.Uint32()
	if random.IntN(2) == 0 {
		a, b = a%16, b%16
	}
	t := gate.Hear(consent.Source(source), name, text, a, b)
	return step{"hear", [2]string{name, text}, []uint32{source, a, b}, t.Packed()}
}

// randomStored lets CMPs have stored something, or one of them store it now.
func randomStored(random *rand.Rand, gate *blocker.Gate) step {
	jar := ""
	for range random.IntN(6) {
		entry := pick(random, written)
		if random.IntN(8) == 0 {
			entry = mutate(random, entry)
		}
		jar += entry + "; "
	}
	key := pick(random, keys)
	t := gate.Stored(jar, key, now)
	return step{"stored", [2]string{key, jar}, []uint32{now}, t.Packed()}
}
