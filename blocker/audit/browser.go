package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// programs are the browsers that are looked for, in this order.
var programs = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
}

// startLimit bounds how long the browser may take to answer after it was started.
const startLimit = 60 * time.Second

// features are switched off because they would change what a page asks for, or add requests of the browser's own.
const features = "Translate,MediaRouter,OptimizationHints,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"

// FindBrowser returns the program to run: the given one, else that of the environment variable CHROMIUM, else the first that
// is installed. Its error wraps ErrNoBrowser and names the mend.
func FindBrowser(given string) (string, error) {
	if given == "" {
		given = os.Getenv("CHROMIUM")
	}
	if given != "" {
		path, err := exec.LookPath(given)
		if err != nil {
			return "", fmt.Errorf("%w: %q cannot be run; give the path of the program with --browser", ErrNoBrowser, given)
		}
		return path, nil
	}
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: install it (apt-get install chromium, or brew install --cask google-chrome), or give its path with --browser", ErrNoBrowser)
}

// browser is a running Chromium.
type browser struct {
	*conn
	product   string
	userAgent string
	mu        sync.Mutex
	// visits by browser context and by session.
	contexts map[string]*visit
	sessions map[string]*visit
	stop     func()
}

// startBrowser starts the program headless, with a profile of its own that is deleted with it.
func startBrowser(ctx context.Context, o Options) (*browser, error) {
	program, err := FindBrowser(o.Browser)
	if err != nil {
		return nil, err
	}
	output := &tail{}
	var address string
	dial := func(ctx context.Context, url string) (chromedp.Transport, error) {
		address = url
		return remote.DialContext(ctx, url)
	}
	allocator, freeAllocator := chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags(program, o, dial, output)...)
	process, endProcess := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}), chromedp.WithLogf(func(string, ...any) {}))
	stop := func() {
		last, cancel := context.WithTimeout(process, 5*time.Second)
		_ = chromedp.Cancel(last)
		cancel()
		endProcess()
		freeAllocator()
	}
	b := &browser{contexts: map[string]*visit{}, sessions: map[string]*visit{}, stop: stop}
	if err := b.start(ctx, process, &address); err != nil {
		stop()
		return nil, startError(program, err, output)
	}
	return b, nil
}

func flags(program string, o Options, dial chromedp.Dialer, output *tail) []chromedp.ExecAllocatorOption {
	list := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.DisableGPU,
		chromedp.WithDialer(dial), chromedp.WSURLReadTimeout(startLimit), chromedp.CombinedOutput(output),
		chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-features", features),
		// Consent platforms leave robots alone.
		chromedp.Flag("disable-blink-features", "AutomationControlled"),
		chromedp.Flag("no-sandbox", needsNoSandbox(o)),
	}
	for _, name := range []string{
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-extensions",
		"disable-breakpad", "disable-dev-shm-usage", "disable-quic", "disable-hang-monitor", "disable-prompt-on-repost",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"disable-popup-blocking", "mute-audio", "metrics-recording-only", "use-mock-keychain",
	} {
		list = append(list, chromedp.Flag(name, true))
	}
	if o.Proxy != "" {
		// Without the bypass list requests to this machine would not take the proxy.
		list = append(list, chromedp.ProxyServer(o.Proxy), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
	}
	if o.Insecure {
		list = append(list, chromedp.IgnoreCertErrors)
	}
	return list
}

func needsNoSandbox(o Options) bool { return o.NoSandbox || os.Geteuid() == 0 }

// start waits for the browser and opens the connection of our own.
func (b *browser) start(ctx, process context.Context, address *string) error {
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(process) }()
	limit, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case err := <-started:
		if err != nil {
			return err
		}
	case <-limit.Done():
		return limit.Err()
	}
	transport, err := remote.DialContext(limit, *address)
	if err != nil {
		return err
	}
	b.conn = newConn(transport, b.route)
	var version struct{ Product, UserAgent string }
	if err := b.call(limit, "", "Browser.getVersion", nil, &version); err != nil {
		return err
	}
	b.product = strings.Replace(version.Product, "HeadlessChrome", "Chromium", 1)
	b.userAgent = strings.Replace(version.UserAgent, "HeadlessChrome", "Chrome", 1)
	return b.call(limit, "", "Target.setAutoAttach", autoAttach, nil)
}

// autoAttach halts every new target until we have told it to report.
var autoAttach = map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}

// startError says in one line why the browser did not start.
func startError(program string, err error, output *tail) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	said := output.String()
	if strings.Contains(said, "No usable sandbox") || strings.Contains(said, "without --no-sandbox") {
		return fmt.Errorf("%s cannot use its sandbox on this machine; run with --no-sandbox if you trust the pages", program)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return fmt.Errorf("%s did not start (%s); try it by hand with --headless, or give another with --browser", program, strings.TrimSuffix(line, ":"))
}

// tail keeps the beginning of what the browser prints while it starts.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 8192 - len(t.text); room > 0 {
		t.text = append(t.text, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
