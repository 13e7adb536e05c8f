package audit

import "time"

// SchemaVersion is the version of the JSON report; it changes when a reader of the old one would misunderstand the new one.
const SchemaVersion = 1

// Report is the result of an audit, and the JSON report. schema.json beside this file describes it for other languages.
type Report struct {
	Schema int `json:"schema"`
	// Tool is the version of segment-blocker that judged.
	Tool string `json:"tool"`
	// Browser is the product and version that the browser gives itself.
	Browser string `json:"browser"`
	// Started and Finished are in UTC.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// Settings are those that matter to a reader of the report.
	Settings Settings `json:"settings"`
	// Leaks counts those of all pages; Failed counts the runs that say nothing, since the page or the choice failed.
	Leaks  int    `json:"leaks"`
	Failed int    `json:"failed"`
	Pages  []Page `json:"pages"`
}

// Settings of the audit; times in milliseconds.
type Settings struct {
	Timeout   int64  `json:"timeout"`
	Settle    int64  `json:"settle"`
	Proxy     string `json:"proxy,omitempty"`
	Insecure  bool   `json:"insecure"`
	NoSandbox bool   `json:"noSandbox"`
	// Config is where the gate's configuration came from: "given", "page" or "default" is said by each page; here only
	// whether one was given.
	ConfigGiven bool `json:"configGiven"`
}

// Page is one audited address.
type Page struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	// Gate is the gate that was found on the page; nil when there is none.
	Gate *Gate `json:"gate"`
	// CMP is the consent platform that was recognised; empty when none was.
	CMP string `json:"cmp"`
	// Config is where the configuration to judge with came from: "given", "page" or "default".
	Config string `json:"config"`
	Leaks  int    `json:"leaks"`
	Runs   []Run  `json:"runs"`
}

// Gate is the segment-blocker that a page carries.
type Gate struct {
	Version string `json:"version"`
	// Engine is "wasm" or "js", or "none" when the gate could not start its engine.
	Engine string `json:"engine"`
}

// Verdict is what a run came to.
type Verdict string

// The verdicts. Clean: nothing was recorded that needed a consent which was not there. Leak: something was. NotMade: the
// choice could not be made, so nothing is known of what follows it. Failed: the page could not be opened or watched.
const (
	Clean   Verdict = "clean"
	Leak    Verdict = "leak"
	NotMade Verdict = "choice not made"
	Failed  Verdict = "failed"
)

// Run is one visit of a page.
type Run struct {
	Name    Scenario `json:"name"`
	Verdict Verdict  `json:"verdict"`
	// Error says why a run failed or why its choice could not be made.
	Error string `json:"error,omitempty"`
	// Choices are those that were made, in order.
	Choices []Choice `json:"choices"`
	// Duration in milliseconds.
	Duration float64 `json:"duration"`
	// Notes are what a reader must know to trust the run, for example that the network never came to rest.
	Notes []string `json:"notes"`
	// Requests are all that were seen, in order.
	Requests []Request `json:"requests"`
	// Stored are the cookies, storage keys and databases, in the order in which they appeared.
	Stored []Stored `json:"stored"`
	// Links are connections that the page asks the browser to open ahead of any request.
	Links []Link `json:"links"`
}

// Choice is one decision of the visitor.
type Choice struct {
	// Choice is "accept", "reject" or "withdraw".
	Choice string `json:"choice"`
	// How says what was clicked or called.
	How string `json:"how"`
	// Time in milliseconds since the run began; what comes later is judged by the new state.
	Time float64 `json:"time"`
}

// Judgement is what the engine says of a request or a name in the state of its moment.
type Judgement struct {
	// Leak is true when the engine would not have let it pass.
	Leak bool `json:"leak"`
	// Decision is "allow", "hold" or "drop": what the gate decides.
	Decision string `json:"decision"`
	// Rule names the rule that matched; empty when none did.
	Rule string `json:"rule"`
	// Category is the consent category that decided.
	Category string `json:"category"`
	Reason   string `json:"reason"`
	// State is the visitor's: "before any choice", "after accept", "after reject" or "after withdraw".
	State string `json:"state"`
	// Remedy is what the site can do about a leak; empty otherwise.
	Remedy string `json:"remedy,omitempty"`
}

// Request is one request that the browser made or tried to make.
type Request struct {
	// Time in milliseconds since the run began.
	Time   float64 `json:"time"`
	Method string  `json:"method"`
	// URL is cut after 2,000 bytes.
	URL string `json:"url"`
	// Kind is the sort of page event, as in the decision log of the gate.
	Kind string `json:"kind"`
	// From is what asked: "page", "frame", "worker", "shared worker", "service worker" or "window" (one the page opened).
	From string `json:"from"`
	// Document is the address of the document or the worker that asked.
	Document  string    `json:"document"`
	Initiator Initiator `json:"initiator"`
	// Outcome is "sent" (answered or not), "blocked" (the browser refused it, nothing left), "service worker" (answered by
	// one; what that one fetched is listed on its own) or "failed" (tried, with the browser's error in Error).
	Outcome string `json:"outcome"`
	Error   string `json:"error,omitempty"`
	Judgement
}

// Initiator is who caused something, as far as the browser knows.
type Initiator struct {
	// Type is "script", "parser" (markup), "preload", "server" (a Set-Cookie header), "redirect" or "unknown".
	Type string `json:"type"`
	// URL, Line and Column are where; lines and columns count from 1, 0 is unknown.
	URL    string `json:"url,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Stored is a cookie, a storage key or a database.
type Stored struct {
	// Time in milliseconds since the run began, of the first write in this state of consent, or of the look at which it
	// was found.
	Time float64 `json:"time"`
	// Kind is "cookie", "storage" or "database".
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Where is the cookie's domain and path, or "localStorage of ORIGIN" and the like.
	Where    string `json:"where"`
	HTTPOnly bool   `json:"httpOnly"`
	// Writes counts those that were seen; 0 means that it was only found.
	Writes int `json:"writes"`
	// Left is true when it was still there at the end of the run.
	Left      bool      `json:"left"`
	Initiator Initiator `json:"initiator"`
	Judgement
}

// Link is a <link rel="preconnect"> or "dns-prefetch": the browser tells the host that it is there, without a request.
type Link struct {
	Rel string `json:"rel"`
	URL string `json:"url"`
	Judgement
}
