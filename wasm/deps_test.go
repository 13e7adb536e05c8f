package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the module links in, every visitor downloads. These packages alone would multiply its size, or need a host that
// a page is not.
func TestTheModuleLinksInNothingHeavy(t *testing.T) {
	deps := goList(t, "-deps", "-f", "{{.ImportPath}}", ".")
	require.Contains(t, deps, "github.com/segment-blocker/segment-blocker/blocker")
	for _, heavy := range []string{
		"fmt", "errors", "reflect", "regexp", "encoding/json", "net/url", "net/http", "strconv", "strings", "bytes", "sort",
		"unicode", "time", "os", "io", "sync", "syscall", "syscall/js", "math/rand", "math/rand/v2",
	} {
		assert.NotContains(t, deps, heavy)
	}
}

// A package that the module's own packages import is a choice: it stands here, with what it is for.
func TestTheModulesPackagesImportOnlyWhatIsKnown(t *testing.T) {
	known := map[string]string{
		"unsafe": "wasm/main.go reads the page's bytes where they lie",
	}
	packages := goList(t, "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{join .Imports \" \"}}{{end}}", ".")
	require.NotEmpty(t, packages)
	for _, line := range packages {
		names := strings.Fields(line)
		for _, imported := range names[1:] {
			if !strings.HasPrefix(imported, "github.com/segment-blocker/segment-blocker/") {
				assert.Contains(t, known, imported, "imported by %s", names[0])
			}
		}
	}
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, args...)...)
	command.Env = append(command.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := command.Output()
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
