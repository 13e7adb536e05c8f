// Package audit opens pages in a real Chromium, once for each choice a visitor can make, and judges everything that leaves
// the browser or is stored in it with the same engine that runs in the page.
//
//	report, err := audit.Pages(ctx, audit.Options{...}, []string{"https://shop.example/"})
//	if err == nil {
//		err = report.WriteHTML(file)
//	}
//
// A page is visited four times, each time as a new visitor (a fresh incognito browser context): without a choice, after
// "reject all", after "accept all", and after "accept all" taken back. The choice is made as a visitor makes it, by a click
// on the page's own banner, or else by the consent platform's own function.
//
// The evidence is the browser's: the network, storage and target domains of its debugging protocol, for the page, its frames,
// its workers, its service workers and the windows it opens. A small script in the page notes who wrote a cookie or a key;
// no verdict rests on it, but for a cookie that was written and gone again before the next look.
//
// The package is for the command line and for servers; nothing that is compiled to wasm imports it.
package audit
