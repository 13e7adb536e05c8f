package segment

// object is a JSON object.
type object = map[string]any

// settings is what a fresh source answers: Segment itself, no destination, and a tracking plan that blocks nothing. The
// plan makes Analytics.js fetch a chunk from its CDN, as most real sources do.
func settings(key string, via FirstParty) object {
	own := object{
		"apiKey":                key,
		"unbundledIntegrations": []string{},
		"addBundledMetadata":    true,
		"maybeBundledConfigIds": object{},
		"versionSettings":       object{"version": "4.4.7", "componentTypes": []string{"browser"}},
	}
	if via.APIHost != "" {
		own["apiHost"] = via.APIHost
	}
	if via.Protocol != "" {
		own["protocol"] = via.Protocol
	}
	allowed := object{"__default": object{"enabled": true, "integrations": object{}}}
	return object{
		"integrations":                object{"Segment.io": own},
		"plan":                        object{"track": allowed, "identify": allowed, "group": allowed},
		"edgeFunction":                object{},
		"analyticsNextEnabled":        true,
		"middlewareSettings":          object{},
		"enabledMiddleware":           object{},
		"metrics":                     object{"sampleRate": 0},
		"legacyVideoPluginsEnabled":   false,
		"remotePlugins":               []any{},
		"autoInstrumentationSettings": object{"sampleRate": 0},
	}
}
