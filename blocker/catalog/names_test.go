package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

func TestSegmentsCookiesAreCovered(t *testing.T) {
	for _, name := range []string{
		"ajs_anonymous_id", "ajs_user_id", "ajs_group_id", "ajs_user", "ajs_user_traits", "ajs_group_properties",
		"ajs:test", "ajs:cookies", "ajs%3Atest", "ajs%3Acookies", "_sio", "__tld__",
		"s:context.referrer", "s%3Acontext.referrer", "seg_xid", "seg_xid_fd", "seg_xid_ts",
		"analytics_session_id", "analytics_session_id.last_access",
		"analytics_snap_capi_click_id", "analytics_snap_capi_scid_cookie", "analytics_ms_capi_click_id",
		"analytics_algolia_query_id", "google_session_attributes_encoded", "rdt_cid_seg", "ndclid", "cdpresolutionset",
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotEqual(t, catalog.NotFound, catalog.FindCookie(name))
		})
	}
}

func TestSegmentsStorageKeysAreCovered(t *testing.T) {
	for _, name := range []string{
		"ajs_anonymous_id", "ajs_user_id", "ajs_user_traits", "ajs_group_id", "ajs_group_properties",
		"persisted-queue:v1:KEY:event-queue:items", "persisted-queue:v1:KEY:event-queue:seen",
		"persisted-queue:v1:KEY:event-queue:lock", "persisted-queue:v1:KEY:dest-Segment.io:items",
		"persisted-queue:v1:KEY:dest-Actions Amplitude:seen",
		"segmentio.6b020acb.queue", "segmentio.6b020acb.inProgress", "segmentio.6b020acb.ack",
		"segmentio.6b020acb.reclaimStart", "segmentio.6b020acb.reclaimEnd",
		"seg_xid", "analytics_session_id", "analytics_session_id.last_access",
		"analytics_snap_capi_click_id", "analytics_snap_capi_scid_cookie", "analytics_ms_capi_click_id",
		"analytics_algolia_query_id", "google_session_attributes_encoded", "rdt_cid_seg", "ndclid",
		"segment_signals_buffer", "segment_signals_db_session_key", "segment_sample_success",
		catalog.CarriedCalls + "KEY",
		"segment_signals_debug_redaction_disabled", "segment_signals_debug_ingestion_enabled", "segment_signals_log_level",
	} {
		t.Run(name, func(t *testing.T) {
			assert.NotEqual(t, catalog.NotFound, catalog.FindStorageKey(name))
		})
	}
}

func TestSegmentsDatabasesAreCovered(t *testing.T) {
	assert.NotEqual(t, catalog.NotFound, catalog.FindDatabase("Segment Signals Buffer"))
	assert.Equal(t, catalog.NotFound, catalog.FindDatabase("Segment Signals Buffer 2"))
	assert.Equal(t, catalog.NotFound, catalog.FindDatabase("segment signals buffer"))
}

func TestNamesOfOthersAreNotCovered(t *testing.T) {
	for _, name := range []string{
		// The visitor's own choice, and what CMPs keep.
		"tracking-preferences", "OptanonConsent", "euconsent-v2", "CookieConsent",
		// Other tools, and look-alikes.
		"_ga", "_gid", "debug", "ajs", "ajsanonymous", "xajs_user_id", "AJS_USER_ID", "AJS.user", " ajs_user_id",
		"_sio2", "tld", "__tld__x", "segment", "segmentation", "segmentio", "seg", "persisted-queue", "persisted",
		"analytics", "analytics_session", "session", "",
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, catalog.NotFound, catalog.FindCookie(name), "cookie")
			assert.Equal(t, catalog.NotFound, catalog.FindStorageKey(name), "storage key")
			assert.Equal(t, catalog.NotFound, catalog.FindDatabase(name), "database")
		})
	}
}
