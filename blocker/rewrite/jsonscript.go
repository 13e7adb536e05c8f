package rewrite

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// maxMapped bounds the module names remembered of import maps.
const maxMapped = 256

// speculated are the URLs that speculation rules list (HTML standard, "speculation rules": the "urls" of a rule). Rules that
// match the document's links name no URL, and what they match is a navigation.
func speculated(text []byte) (refs []string) {
	var rules map[string]any
	if json.Unmarshal(text, &rules) != nil {
		return nil
	}
	for _, action := range slices.Sorted(maps.Keys(rules)) {
		list, _ := rules[action].([]any)
		for _, rule := range list {
			members, _ := rule.(map[string]any)
			urls, _ := members["urls"].([]any)
			for _, u := range urls {
				ref, _ := u.(string)
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// bundled are the URLs of a web bundle and of what is taken from it (WICG, "Subresource loading with Web Bundles": "source",
// "scopes" and "resources").
func bundled(text []byte) []string {
	var bundle struct {
		Source    string   `json:"source"`
		Scopes    []string `json:"scopes"`
		Resources []string `json:"resources"`
	}
	if json.Unmarshal(text, &bundle) != nil {
		return nil
	}
	return slices.Concat([]string{bundle.Source}, bundle.Scopes, bundle.Resources)
}

// importMap remembers the module names that lead to a URL that is not allowed now (HTML standard, "import maps").
func (r *scriptReader) importMap(text []byte) {
	var parsed struct {
		Imports map[string]any            `json:"imports"`
		Scopes  map[string]map[string]any `json:"scopes"`
	}
	if json.Unmarshal(text, &parsed) != nil {
		return
	}
	r.addMapped(parsed.Imports)
	for _, scope := range slices.Sorted(maps.Keys(parsed.Scopes)) {
		r.addMapped(parsed.Scopes[scope])
	}
}

func (r *scriptReader) addMapped(names map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		ref, _ := names[name].(string)
		d, full := r.judgeSpecifier(ref)
		if d.Action != blocker.Allow && name != "" && len(r.mapped) < maxMapped {
			r.mapped = append(r.mapped, mapped{name: name, url: clip(full), decision: d})
		}
	}
}
