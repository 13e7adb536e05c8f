package blocker_test

import (
	"os"
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
		out, outcome := gate.Narrow([]byte("kept"), settings, "")
		assert.Equal(t, blocker.Unreadable, outcome, settings)
		assert.Equal(t, "kept", string(out))
	}
}

func TestWhatIsGrantedLaterIsToldOnceAndAlone(t *testing.T) {
	gate := stamping(t, shopSettings(t), denied)
	_, ok := gate.Missing(nil, shopSettings(t))
	assert.False(t, ok)
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	out, ok := gate.Missing(nil, shopSettings(t))
	require.True(t, ok)
	got, _ := taken(t, string(out))
	names := []string{}
	for name := range got.Integrations {
		names = append(names, name)
	}
	assert.ElementsMatch(t, []string{"Facebook Pixel", "TikTok Pixel", "Facebook Conversions API (Actions)", "Nobody Knows", "Iterable"}, names)
	require.Len(t, got.RemotePlugins, 1)
	assert.Contains(t, string(got.RemotePlugins[0]), "tiktok-pixel")
	_, ok = gate.Missing(nil, shopSettings(t))
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
	_, outcome := gate.Narrow(nil, shopSettings(t), "www.shop.example connect.facebook.net ")
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
	_, outcome := gate.Narrow(nil, `{"integrations":{"AWS S3":{}}}`, "")
	assert.Equal(t, blocker.Waiting, outcome)
	assert.Equal(t, blocker.Hold, gate.Segment())
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	_, outcome = gate.Narrow(nil, `{"integrations":{"AWS S3":{}}}`, "")
	assert.Equal(t, blocker.Whole, outcome)

	gate = blocker.New(config)
	gate.Set(consent.API, choice(unset, granted, unset), consent.All)
	_, outcome = gate.Narrow(nil, `{"integrations":{"AWS S3":{"consentSettings":{"categories":["C0002"]}},"TikTok Pixel":{}}}`, "")
	assert.Equal(t, blocker.Narrowed, outcome, "what can be left out does not count")
}

func TestMiddlewareOfADestinationGoesWithIt(t *testing.T) {
	settings := `{"integrations":{"Braze":{}},"enabledMiddleware":{"@segment/braze-deduplicate":true, "@segment/tsub":true}}`
	out, outcome := stamping(t, settings, denied).Narrow(nil, settings, "")
	assert.Equal(t, blocker.Narrowed, outcome)
	assert.Equal(t, `{"integrations":{},"enabledMiddleware":{ "@segment/tsub":true}}`, string(out))
}

func TestDestinationsAreListedInTheOrderOfTheSettings(t *testing.T) {
	gate := blocker.New(blocker.Config{Destinations: []blocker.Mapping{{Name: "Not Connected", Category: consent.Analytics}}})
	gate.Set(consent.API, choice(granted, granted, denied), consent.All)
	gate.Narrow(nil, twoDestinations, "")
	for i, want := range []string{"Hotjar", "Facebook Pixel", `quo"te`} {
		name, ok := gate.Destination(i)
		assert.True(t, ok)
		assert.Equal(t, want, name)
	}
	_, ok := gate.Destination(3)
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
