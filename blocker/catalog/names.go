package catalog

// Cookies are the names Segment's code writes; '*' stands for any run of characters. A consent record of
// Segment's old consent manager (tracking-preferences) is not among them: it is the visitor's choice.
var Cookies = [...]string{
	// Identity (AN core/user, core/group), and Analytics.js 1.x with its probes (ajs:test, ajs:cookies), whose names
	// are percent-encoded when they are written.
	"ajs_*",
	"ajs:*",
	"ajs%3A*",
	"_sio",
	// The top-level-domain probe (AN core/storage/cookieStorage).
	"__tld__",
	// Referrer ids from btid and urid in the query; the name is percent-encoded when it is written.
	"s:context.referrer",
	"s%3Acontext.referrer",
	// Cross-domain identity of Analytics.js 1.x.
	"seg_xid*",
	// Session and click ids that Segment's browser plugins keep through analytics.storage.
	"analytics_session_id*",
	"analytics_snap_capi_*",
	"analytics_ms_capi_click_id",
	"analytics_algolia_query_id",
	"google_session_attributes_encoded",
	"rdt_cid_seg",
	"ndclid",
	"cdpresolutionset",
}

// CarriedCalls begins the keys in localStorage under which the gate itself keeps calls that were granted, but not handed over to
// Analytics.js before their page was left. The write key follows. It is a key like Segment's own: there with consent alone.
const CarriedCalls = "segment-blocker:calls:"

// StorageKeys are the names in localStorage and sessionStorage. "debug", which Analytics.js 1.x shared with
// many other libraries, is not among them.
var StorageKeys = [...]string{
	"ajs_*",
	// Undelivered events, with their ids (AN lib/priority-queue/persisted.ts).
	"persisted-queue:*",
	// The retry queue of Analytics.js 1.x (localstorage-retry).
	"segmentio.*",
	"seg_xid*",
	"analytics_session_id*",
	"analytics_snap_capi_*",
	"analytics_ms_capi_click_id",
	"analytics_algolia_query_id",
	"google_session_attributes_encoded",
	"rdt_cid_seg",
	"ndclid",
	"cdpresolutionset",
	// Auto-instrumentation.
	"segment_signals_*",
	"segment_sample_success",
	CarriedCalls + "*",
}

// Databases are the names in IndexedDB (auto-instrumentation).
var Databases = [...]string{"Segment Signals Buffer"}
