package blocker_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func shopSettings(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/settings/shop.json")
	require.NoError(t, err)
	return string(text)
}

func decide(gate *blocker.Gate, kind blocker.Kind, target string) string {
	r := blocker.Request{Kind: kind, Host: target, Path: "/x.js"}
	if kind.Named() {
		r = blocker.Request{Kind: kind, Name: target}
	}
	d := gate.Decide(r)
	return d.Action.String() + " " + gate.RuleName(d.Rule)
}

func TestSettingsThatCannotBeUnderstoodOpenNothing(t *testing.T) {
	for _, settings := range []string{
		"", "null", "[]", "<html>", `{}`, `{"integrations":[]}`, `{"integrations":null}`, `{"integrations":{}`, `{"integrations":{},}`,
		`{"integrations":{}} x`, `{"integrations":{},"remotePlugins":{}}`, `{"integrations":{},"remotePlugins":[1]}`,
		`{"integrations":{},"remotePlugins":[{"name":"x"}]}`, `{"integrations":{},"remotePlugins":[{"name":1,"creationName":"x"}]}`,
		`{"integrations":{"a":{}},"integrations":7}`,
	} {
		gate := blocker.New(blocker.Config{})
		gate.Set(consent.API, choice(granted, granted, granted), consent.All)
		out, outcome := gate.Narrow([]byte("kept"), "", settings, "")
		assert.Equal(t, blocker.Unreadable, outcome, settings)
		assert.Equal(t, "kept", string(out))
	}
}

func TestWhatIsGrantedLaterIsToldOnceAndAlone(t *testing.T) {
	gate := stamping(t, shopSettings(t), denied)
	_, ok := gate.Missing(nil, "")
	assert.False(t, ok)
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	out, ok := gate.Missing(nil, "")
	require.True(t, ok)
	got, _ := taken(t, string(out))
	names := []string{}
	for name := range got.Integrations {
		names = append(names, name)
	}
	assert.ElementsMatch(t, []string{"Facebook Pixel", "TikTok Pixel", "Facebook Conversions API (Actions)", "Nobody Knows", "Iterable"}, names)
	require.Len(t, got.RemotePlugins, 1)
	assert.Contains(t, string(got.RemotePlugins[0]), "tiktok-pixel")
	_, ok = gate.Missing(nil, "")
	assert.False(t, ok)
}

func TestAToolsHostsAndCookiesFollowItsDestinationOnceSegmentHasLoadedIt(t *testing.T) {
	gate := stamping(t, shopSettings(t), granted)
	assert.Equal(t, "allow destination Facebook Pixel", decide(gate, blocker.Image, "www.facebook.com"))
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	assert.Equal(t, "drop destination Facebook Pixel", decide(gate, blocker.Script, "connect.facebook.net"))
	assert.Equal(t, "drop destination Facebook Pixel", decide(gate, blocker.Cookie, "_fbp=1; path=/"))
	assert.Equal(t, "drop destination TikTok Pixel", decide(gate, blocker.Storage, "_ttp"))
	assert.Equal(t, "allow destination Hotjar", decide(gate, blocker.Fetch, "in.hotjar.com"))
	assert.Equal(t, "allow ", decide(gate, blocker.Fetch, "www.shop.example"))
	assert.Equal(t, "allow ", decide(gate, blocker.Cookie, "cart"))
	assert.Equal(t, "allow ", decide(gate, blocker.Database, "_fbp"))
}

func TestAToolThatSegmentHasNotLoadedIsTheSites(t *testing.T) {
	gate := stamping(t, shopSettings(t), denied)
	assert.Equal(t, "allow ", decide(gate, blocker.Script, "connect.facebook.net"))
	assert.Equal(t, "allow ", decide(gate, blocker.Cookie, "_fbp"))
}

func TestAToolThatTheSiteHadLoadedBeforeIsTheSites(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	_, outcome := gate.Narrow(nil, "", shopSettings(t), "www.shop.example connect.facebook.net ")
	require.Equal(t, blocker.Whole, outcome)
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	assert.Equal(t, "allow ", decide(gate, blocker.Image, "www.facebook.com"))
	assert.Equal(t, "drop destination TikTok Pixel", decide(gate, blocker.Image, "analytics.tiktok.com"))
}

func TestAHostThatTwoToolsShareIsOpenWhileOneOfThemIs(t *testing.T) {
	settings := `{"integrations":{"AdWords":{"type":"browser"},"Gtag":{"versionSettings":{"componentTypes":["server","browser"]}},"Google Analytics 4":{}}}`
	gate := stamping(t, settings, granted)
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	assert.Equal(t, "allow destination Gtag", decide(gate, blocker.Script, "www.googletagmanager.com"))
	gate.Set(consent.API, choice(granted, denied, denied), consent.All)
	assert.Contains(t, decide(gate, blocker.Script, "www.googletagmanager.com"), "drop destination")
}

func TestRequiresAutoWaitsForWhatCannotBeLeftOut(t *testing.T) {
	config := blocker.Config{Requires: consent.Of(consent.Analytics), RequiresAuto: true}
	gate := blocker.New(config)
	gate.Set(consent.API, choice(granted, granted, unset), consent.All)
	assert.Equal(t, blocker.Allow, gate.Segment())
	_, outcome := gate.Narrow(nil, "", `{"integrations":{"AWS S3":{}}}`, "")
	assert.Equal(t, blocker.Waiting, outcome)
	assert.Equal(t, blocker.Hold, gate.Segment())
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	_, outcome = gate.Narrow(nil, "", `{"integrations":{"AWS S3":{}}}`, "")
	assert.Equal(t, blocker.Whole, outcome)

	gate = blocker.New(config)
	gate.Set(consent.API, choice(unset, granted, unset), consent.All)
	_, outcome = gate.Narrow(nil, "", `{"integrations":{"AWS S3":{"consentSettings":{"categories":["C0002"]}},"TikTok Pixel":{}}}`, "")
	assert.Equal(t, blocker.Narrowed, outcome, "what can be left out does not count")
}

func TestMiddlewareOfADestinationGoesWithIt(t *testing.T) {
	settings := `{"integrations":{"Braze":{}},"enabledMiddleware":{"@segment/braze-deduplicate":true, "@segment/tsub":true}}`
	out, outcome := stamping(t, settings, denied).Narrow(nil, "", settings, "")
	assert.Equal(t, blocker.Narrowed, outcome)
	assert.Equal(t, `{"integrations":{},"enabledMiddleware":{ "@segment/tsub":true}}`, string(out))
}

func TestDestinationsAreListedInTheOrderOfTheSettings(t *testing.T) {
	gate := blocker.New(blocker.Config{Destinations: []blocker.Mapping{{Name: "Not Connected", Category: consent.Analytics}}})
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	gate.Narrow(nil, "", twoDestinations, "")
	for i, want := range []string{"Hotjar", "Facebook Pixel", `quo"te`} {
		name, ok := gate.Destination("", i)
		assert.True(t, ok)
		assert.Equal(t, want, name)
	}
	_, ok := gate.Destination("", 3)
	assert.False(t, ok)
}

func TestADestinationsDecisionAllocatesNothing(t *testing.T) {
	gate := stamping(t, shopSettings(t), granted)
	requests := []blocker.Request{
		{Kind: blocker.Destination, Name: "Never Heard Of"},
		{Kind: blocker.Cookie, Name: "_fbp"},
		{Kind: blocker.Script, Host: "connect.facebook.net", Path: "/x.js"},
		{Kind: blocker.Script, Host: "cdn.segment.com", Path: "/next-integrations/actions/amplitude-plugins/1.js"},
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		for _, r := range requests {
			gate.Decide(r)
		}
	}))
}

func TestADestinationIsGivenWhatItsCategoryIsGrantedFor(t *testing.T) {
	const early, late = "ajs-next-1700000000000-a", "ajs-next-1700000002000-b"
	gate := stamping(t, shopSettings(t), granted)
	assert.True(t, gate.Receives("TikTok Pixel", early))
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	gate.Lapse(1700000001000)
	assert.False(t, gate.Receives("TikTok Pixel", late))
	assert.False(t, gate.Receives("Nobody Ever Named This", late), "marketing, like all that is unknown")
	assert.True(t, gate.Receives("Hotjar", early), "nothing of it was denied")
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	assert.False(t, gate.Receives("TikTok Pixel", early), "made before the denial")
	assert.True(t, gate.Receives("TikTok Pixel", late))
	assert.True(t, gate.Receives("TikTok Pixel", "an id of the site's own"))
	assert.True(t, gate.Receives("Hotjar", early))

	gate.Set(consent.API, choice(granted, denied, granted), consent.All)
	assert.False(t, gate.Receives("Intercom", late), "without Segment none of its destinations")
	gate.Forget(1700000001000)
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	assert.False(t, gate.Receives("Intercom", early))
	assert.True(t, gate.Receives("Intercom", late))
	assert.Zero(t, testing.AllocsPerRun(100, func() { gate.Receives("TikTok Pixel", late) }))
}

const (
	shopKey     = "wk0Shop"
	widget      = `{"integrations":{"Segment.io":{"apiKey":"api-w"},"Hotjar":{"consentSettings":{"categories":["C0003"]}},"Widget Tool":{"type":"browser"}},"consentSettings":{"allCategories":["C0004","own"]}}`
	widgetPath  = "/v1/projects/wkWidget/settings"
	widgetEvent = `{"context":{},"integrations":{},"writeKey":"api-w"}`
)

// Of two sources none undoes what the other's workspace says.
func TestEachSourceKeepsItsSettings(t *testing.T) {
	gate := blocker.New(blocker.Config{Destinations: []blocker.Mapping{{Name: "Cloud Only", Category: consent.Marketing}}})
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	for range 2 {
		_, outcome := gate.Narrow(nil, "/seg/v1/projects/wk0Shop/settings", shopSettings(t), "")
		assert.Equal(t, blocker.Narrowed, outcome)
		_, outcome = gate.Narrow(nil, widgetPath, widget, "")
		assert.Equal(t, blocker.Narrowed, outcome)
	}
	got, _ := gate.Stamp(nil, widgetEvent)
	assert.Equal(t, `{"context":{"consent":{"categoryPreferences":{"C0004":false,"own":false}}},"integrations":{"Cloud Only":false,"Widget Tool":false},"writeKey":"api-w"}`, string(got))
	got, _ = gate.Stamp(nil, `{"context":{},"integrations":{"TikTok Pixel":true},"writeKey":"api-w"}`)
	assert.Contains(t, string(got), `"TikTok Pixel":false`, "what an event names itself")
	got, _ = gate.Stamp(nil, widgetEvent)
	assert.NotContains(t, string(got), "TikTok", "and no other")
	got, _ = gate.Stamp(nil, `{"batch":[{"context":{},"integrations":{}},`+widgetEvent+`,{"context":{},"integrations":{}}],"writeKey":"wk0Shop"}`)
	assert.Equal(t, 2, strings.Count(string(got), `{"C0002":true,"C0003":true,"C0004":false}`))
	assert.Equal(t, 2, strings.Count(string(got), `"TikTok Pixel":false`))
	assert.Equal(t, 1, strings.Count(string(got), `{"C0004":false,"own":false}`))
	for _, event := range []string{`{}`, `{"writeKey":"who"}`, `{"writeKey":7}`, `{"writeKey":""}`} {
		got, _ = gate.Stamp(nil, event)
		assert.Contains(t, string(got), `{"C0002":true,"C0003":true,"C0004":false,"own":false}`, event)
		assert.Contains(t, string(got), `"TikTok Pixel":false`)
		assert.Contains(t, string(got), `"Widget Tool":false`)
	}
	buffer := make([]byte, 0, 8192)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = gate.Stamp(buffer, widgetEvent) }))

	// The shop's catalog says analytics of it, the widget's workspace functional.
	gate.Set(consent.API, choice(denied, granted, granted), consent.All)
	assert.Equal(t, "drop settings of the source", decide(gate, blocker.Destination, "Hotjar"))
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	out, ok := gate.Missing(nil, "wkWidget")
	assert.True(t, ok)
	assert.Equal(t, `{"integrations":{"Widget Tool":{"type":"browser"}},"consentSettings":{"allCategories":["C0004","own"]}}`, string(out))
	_, ok = gate.Missing(nil, "wkWidget")
	assert.False(t, ok)
	out, ok = gate.Missing(nil, shopKey)
	assert.True(t, ok)
	assert.NotContains(t, string(out), "Widget Tool")
	_, ok = gate.Missing(nil, "who")
	assert.False(t, ok)
	name, _ := gate.Destination("api-w", 1)
	assert.Equal(t, "Widget Tool", name)
}

func TestNarrowingWhatWasNarrowedForgetsNothing(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.API, choice(denied, granted, denied), consent.All)
	narrowed, _ := gate.Narrow(nil, shopKey, shopSettings(t), "")
	again, outcome := gate.Narrow(nil, shopKey, string(narrowed), "")
	assert.Equal(t, blocker.Whole, outcome)
	assert.Equal(t, string(narrowed), string(again))
	assert.Equal(t, "drop settings of the source", decide(gate, blocker.Destination, "Acme Survey"))

	// The site has added one.
	plugin := `{"name":"Snap","creationName":"Snapchat Pixel","url":"https://cdn.segment.com/a/snap/1.js"}`
	more := strings.Replace(string(narrowed), `"remotePlugins": [`, `"remotePlugins": [`+plugin+`,`, 1)
	again, outcome = gate.Narrow(nil, shopKey, more, "")
	assert.Equal(t, blocker.Narrowed, outcome)
	assert.NotContains(t, string(again), "Snap")
	_, outcome = gate.Narrow(nil, shopKey, `{"integrations":{"cut off":`, "")
	assert.Equal(t, blocker.Unreadable, outcome)
	assert.Equal(t, "drop settings of the source", decide(gate, blocker.Destination, "Acme Survey"))

	// Granted meanwhile: what the narrowed text does not name has not been shown.
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	_, outcome = gate.Narrow(nil, shopKey, string(narrowed), "")
	assert.Equal(t, blocker.Whole, outcome)
	var missing string
	for n := 0; ; n++ {
		require.Less(t, n, 3)
		out, ok := gate.Missing(nil, shopKey)
		if !ok {
			break
		}
		missing += string(out)
	}
	for _, name := range []string{`"Acme Survey": {`, `"TikTok Pixel": {`, `"creationName":"Snapchat Pixel"`, `"Facebook Pixel": {`} {
		assert.Equal(t, 1, strings.Count(missing, name), name)
	}
	assert.NotContains(t, missing, "Hotjar")
}

func TestWhileSegmentWaitsAllDestinationsAreLeftOut(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	gate.Set(consent.API, choice(granted, unset, unset), consent.All)
	out, outcome := gate.Narrow(nil, shopKey, widget, "")
	assert.Equal(t, blocker.Waiting, outcome)
	assert.Equal(t, `{"integrations":{"Segment.io":{"apiKey":"api-w"}},"consentSettings":{"allCategories":["C0004","own"]}}`, string(out))
}
