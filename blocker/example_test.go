package blocker_test

import (
	"fmt"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// A visit: the page asks for Analytics.js before the visitor has chosen, then the visitor grants, then withdraws.
func Example() {
	config, problems := blocker.ParseConfig(`{
		"hosts": ["shop.example/seg"],
		"rules": [{"host": "px.example", "category": "marketing"}]
	}`)
	for _, p := range problems {
		fmt.Println(p)
	}
	gate := blocker.New(config)

	requests := []blocker.Request{
		{Kind: blocker.Script, Host: "cdn.segment.com", Path: "/analytics.js/v1/KEY/analytics.min.js"},
		{Kind: blocker.Fetch, Host: "shop.example", Path: "/seg/v1/t"},
		{Kind: blocker.Image, Host: "eu.px.example", Path: "/p.gif"},
		{Kind: blocker.Cookie, Name: "cart=3; path=/"},
	}
	ask := func(moment string) {
		fmt.Println(moment)
		for _, r := range requests {
			d := gate.Decide(r)
			fmt.Printf("  %s %s%s%s: %s, %s %q\n", r.Kind, r.Host, r.Path, r.Name, d.Action, d.Reason, gate.RuleName(d.Rule))
		}
	}

	ask("before the choice")
	yes := consent.States{consent.Analytics: consent.Granted}
	t := gate.Set(consent.CMP, yes, consent.Of(consent.Analytics))
	ask(fmt.Sprintf("analytics granted: Segment goes from %s to %s", t.Before, t.After))
	no := consent.States{consent.Analytics: consent.Denied, consent.Marketing: consent.Denied}
	t = gate.Set(consent.CMP, no, consent.Of(consent.Analytics, consent.Marketing))
	ask(fmt.Sprintf("withdrawn: Segment goes from %s to %s", t.Before, t.After))

	// Output:
	// before the choice
	//   script cdn.segment.com/analytics.js/v1/KEY/analytics.min.js: hold, no choice yet "host cdn.segment.com"
	//   fetch shop.example/seg/v1/t: hold, no choice yet "hosts shop.example/seg"
	//   image eu.px.example/p.gif: hold, no choice yet "rules[0]"
	//   cookie cart=3; path=/: allow, no rule matches ""
	// analytics granted: Segment goes from hold to allow
	//   script cdn.segment.com/analytics.js/v1/KEY/analytics.min.js: allow, consent granted "host cdn.segment.com"
	//   fetch shop.example/seg/v1/t: allow, consent granted "hosts shop.example/seg"
	//   image eu.px.example/p.gif: hold, no choice yet "rules[0]"
	//   cookie cart=3; path=/: allow, no rule matches ""
	// withdrawn: Segment goes from allow to drop
	//   script cdn.segment.com/analytics.js/v1/KEY/analytics.min.js: drop, consent denied "host cdn.segment.com"
	//   fetch shop.example/seg/v1/t: drop, consent denied "hosts shop.example/seg"
	//   image eu.px.example/p.gif: drop, consent denied "rules[0]"
	//   cookie cart=3; path=/: allow, no rule matches ""
}
