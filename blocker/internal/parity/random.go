package main

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

const requestsEach = 500

// scenario is one gate with everything that was asked of it and what it answered.
type scenario struct {
	Config   string `json:"config"`
	Page     string `json:"page"`
	Problems string `json:"problems"`
	Settings uint32 `json:"settings"`
	// Steps are the texts and numbers of a call of set, hear or stored, and the packed transition.
	Steps []step `json:"steps"`
	// Consent is the record after all steps.
	Consent uint32 `json:"consent"`
	// Requests are kind, host, path or name, and the packed decision.
	Requests [][4]any `json:"requests"`
	// Rules are the names of the rules that decided.
	Rules map[uint16]string `json:"rules"`
	// Masks are cookie lists and what is left of them; null when nothing is taken.
	Masks [][2]any `json:"masks"`
}

type step struct {
	Call    string    `json:"call"`
	Texts   [2]string `json:"texts"` // of hear and stored
	Numbers []uint32  `json:"numbers"`
	Answer  uint32    `json:"answer"`
}

func writeRandom(seed uint64, count int, encoder *json.Encoder) error {
	random := rand.New(rand.NewPCG(seed, 0))
	for range count {
		if err := encoder.Encode(makeScenario(random)); err != nil {
			return err
		}
	}
	return nil
}

func makeScenario(random *rand.Rand) scenario {
	s := scenario{Config: randomConfig(random), Page: pick(random, pages), Rules: map[uint16]string{}}
	config, problems := blocker.ParseConfig(s.Config)
	config.PageHost = s.Page
	gate := blocker.New(config)
	s.Problems, s.Settings = text(problems), settings(gate)
	for range random.IntN(10) {
		s.Steps = append(s.Steps, randomStep(random, gate))
	}
	s.Consent = record(gate)
	for range requestsEach {
		r := randomRequest(random)
		d := gate.Decide(r)
		rest := r.Path
		if r.Kind.Named() {
			rest = r.Name
		}
		s.Requests = append(s.Requests, [4]any{r.Kind, r.Host, rest, d.Packed()})
		if d.Rule != 0 {
			s.Rules[d.Rule] = gate.RuleName(d.Rule)
		}
	}
	for range 20 {
		list := randomList(random)
		var left any
		if masked, changed := gate.MaskCookies(list); changed {
			left = masked
		}
		s.Masks = append(s.Masks, [2]any{list, left})
	}
	return s
}

// randomStep speaks to the gate the way the wasm exports do; some numbers stand for nothing.
func randomStep(random *rand.Rand, gate *blocker.Gate) step {
	source := uint32(random.IntN(9))
	switch random.IntN(6) {
	case 0, 1, 2:
		return randomHear(random, gate, source)
	case 3:
		return randomStored(random, gate)
	}
	numbers := []uint32{source, uint32(random.IntN(256)), uint32(random.IntN(16))}
	var states consent.States
	for c := range states {
		states[c] = consent.State(numbers[1] >> (2 * c) & 3)
	}
	t := gate.Set(consent.Source(source), states, consent.Set(numbers[2]))
	return step{Call: "set", Numbers: numbers, Answer: t.Packed()}
}

var (
	pages  = []string{"", "www.shop.example", "shop.example", "localhost:8080", "analytics.shop.example"}
	values = []string{
		`"model":"opt-out"`, `"model":"opt-in"`, `"model":7`, `"requires":"marketing"`, `"requires":["functional","analytics"]`,
		`"requires":"auto"`, `"requires":"x"`, `"cmp":"none"`, `"cmp":["a","b"]`, `"gpc":false`, `"storedConsent":false`, `"debug":true`,
		`"queue":{"limit":50}`, `"queue":{"limit":99999999999}`, `"queue":{"limit":2147483648}`, `"categories":{"C1":"analytics","C2":"x"}`,
		`"hosts":["analytics.shop.example","shop.example/seg"]`, `"hosts":["www.shop.example","localhost:8080"]`, `"hosts":["https://A.example:443/x/*",7]`,
		`"rules":[{"host":"px.example","path":"/p*","category":"marketing"},{"host":"px.example","category":"functional"}]`,
		`"rules":[{"cookie":"_x*y*","category":"marketing"},{"storage":"*x","category":"analytics"},{"cookie":"*","category":"necessary"}]`,
		`"rules":[{"host":"*.cdn.example","cookie":"c","category":"x"},{"path":"/x"}]`, `"unknown":{"a":[1,2,{"b":"\ud83d\ude00"}]}`,
	}
	hosts = []string{
		"px.example", "eu.px.example", "cdn.example", "shop.example", "www.shop.example", "analytics.shop.example", "a.example",
		"localhost:8080", "localhost", "127.0.0.1:8080", "[::1]:8080", "segment.com", "www.segment.com", "", ".", ":", "é.example",
	}
	paths = []string{"", "/", "/seg", "/seg/v1/t", "/seg/t", "/x/v1/t", "/p.gif", "/pixel", "/cart", "/page", "/t", "/é", "/%2e", "/v1"}
	names = []string{"", "cart", "lang", "_x1y2", "_xy", "xx", "debug", "tracking-preferences", "_ga", "é", "a b", " ", "=", "=="}
)

func randomConfig(random *rand.Rand) string {
	var members []string
	for range random.IntN(5) {
		members = append(members, pick(random, values))
	}
	config := "{" + strings.Join(members, ",") + "}"
	if random.IntN(15) == 0 {
		config = config[:random.IntN(len(config))]
	}
	return config
}

func randomRequest(random *rand.Rand) blocker.Request {
	kind := blocker.Kind(random.IntN(len(blocker.Kinds()) + 2))
	if !kind.Named() {
		return blocker.Request{Kind: kind, Host: randomHost(random), Path: randomPath(random)}
	}
	return blocker.Request{Kind: kind, Name: randomName(random)}
}

func randomHost(random *rand.Rand) string {
	host := pick(random, hosts)
	if random.IntN(2) == 0 {
		host = catalog.Hosts[random.IntN(len(catalog.Hosts))].Name
	}
	switch random.IntN(6) {
	case 0:
		return pick(random, []string{"a.", "not", "www.", "-", "."}) + host
	case 1:
		return host + pick(random, []string{".", ":8443", ".:8443", ".shop.example", "m", ":"})
	case 2:
		return mutate(random, host)
	}
	return host
}

func randomPath(random *rand.Rand) string {
	path := pick(random, paths)
	switch random.IntN(4) {
	case 0:
		path = fill(random, catalog.Paths[random.IntN(len(catalog.Paths))].Pattern)
	case 1:
		path = fill(random, catalog.Hosts[random.IntN(len(catalog.Hosts))].Path)
	}
	if random.IntN(5) == 0 {
		return mutate(random, path)
	}
	return path
}

func randomName(random *rand.Rand) string {
	name := pick(random, names)
	switch random.IntN(4) {
	case 0:
		name = fill(random, catalog.Cookies[random.IntN(len(catalog.Cookies))])
	case 1:
		name = fill(random, catalog.StorageKeys[random.IntN(len(catalog.StorageKeys))])
	case 2:
		name = fill(random, catalog.Databases[random.IntN(len(catalog.Databases))])
	}
	switch random.IntN(6) {
	case 0:
		return name + pick(random, []string{"=1", "=1; path=/", " = x", ";", "\t=1"})
	case 1:
		return pick(random, []string{" ", "=", "x", "\t", " = "}) + name
	case 2:
		return mutate(random, name)
	}
	return name
}

func randomList(random *rand.Rand) string {
	var list []string
	for range random.IntN(6) {
		list = append(list, randomName(random)+pick(random, []string{"", "=1", "=é", "=a=b"}))
	}
	return strings.Join(list, pick(random, []string{"; ", "; ", ";", " ; "}))
}

// fill puts something in a glob's place.
func fill(random *rand.Rand, pattern string) string {
	return strings.ReplaceAll(pattern, "*", pick(random, []string{"", "x", "KEY", "a/b", "user_id", "é"}))
}

// mutate takes away, doubles or changes one character.
func mutate(random *rand.Rand, s string) string {
	letters := []rune(s)
	if len(letters) == 0 {
		return "x"
	}
	i := random.IntN(len(letters))
	switch random.IntN(4) {
	case 0:
		return string(letters[:i]) + string(letters[i+1:])
	case 1:
		return string(letters[:i+1]) + string(letters[i:])
	case 2:
		return strings.ToUpper(s)
	}
	letters[i] = []rune("xé./:*=; ")[random.IntN(9)]
	return string(letters)
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }
