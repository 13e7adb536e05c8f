package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"github.com/spf13/cobra"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// explanation is one line of the answer, in the words of the page's decision log.
type explanation struct {
	Target   string `json:"target"`
	Kind     string `json:"kind"`
	Decision string `json:"decision"`
	Rule     string `json:"rule"`
	Category string `json:"category"`
	Reason   string `json:"reason"`
}

type explainOptions struct {
	kind, config    string
	granted, denied []string
	asJSON          bool
}

func explainCommand() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain URL...",
		Short: "Say what the gate decides for each URL, cookie, storage key or destination",
		Example: "  segment-blocker explain https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js\n" +
			"  segment-blocker explain --granted analytics https://api.segment.io/v1/t\n" +
			"  segment-blocker explain --kind cookie ajs_anonymous_id",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			gate, err := o.gate()
			if err != nil {
				return err
			}
			answers := make([]explanation, 0, len(args))
			var bad error
			for _, target := range args {
				e, err := explain(gate, o.kind, target)
				if err == nil {
					answers = append(answers, e)
				} else if bad == nil {
					bad = err
				}
			}
			// What is no target takes no answer from the others.
			if len(answers) > 0 {
				if err := o.print(c, answers); err != nil {
					return err
				}
			}
			return bad
		},
	}
	f := c.Flags()
	f.StringVar(&o.kind, "kind", "", "sort of page event (script, fetch, cookie, storage, ...); guessed from the target if not given")
	f.StringVar(&o.config, "config", "", "a JSON file with the configuration that the page uses")
	f.StringSliceVar(&o.granted, "granted", nil, "categories that the visitor granted")
	f.StringSliceVar(&o.denied, "denied", nil, "categories that the visitor denied")
	f.BoolVar(&o.asJSON, "json", false, "print a JSON array")
	return c
}

// gate makes a gate with the options' configuration and choice.
func (o *explainOptions) gate() (*blocker.Gate, error) {
	text := "{}"
	if o.config != "" {
		file, err := os.ReadFile(o.config)
		if err != nil {
			return nil, exit{2, "--config: " + err.Error()}
		}
		text = string(file)
	}
	config, problems := blocker.ParseConfig(text)
	if len(problems) > 0 {
		return nil, exit{2, "--config: " + problems[0].String()}
	}
	choice, err := o.choice()
	if err != nil {
		return nil, err
	}
	gate := blocker.New(config)
	gate.Apply(choice)
	return gate, nil
}

// choice is what the flags say the visitor chose.
func (o *explainOptions) choice() (consent.Signal, error) {
	signal := consent.Signal{Source: consent.API}
	if err := choose(&signal, consent.Granted, o.granted); err != nil {
		return signal, err
	}
	return signal, choose(&signal, consent.Denied, o.denied)
}

func choose(signal *consent.Signal, state consent.State, names []string) error {
	for _, name := range names {
		c, ok := consent.ParseCategory(name)
		if !ok {
			return exit{2, fmt.Sprintf("%q is no category; use functional, analytics or marketing", name)}
		}
		// No visitor chooses both, so neither flag may win.
		if said := signal.States[c]; said != consent.Unset && said != state {
			return exit{2, fmt.Sprintf("%s is in both --granted and --denied; name it in one of them", c)}
		}
		signal.States[c] = state
	}
	return nil
}

func explain(gate *blocker.Gate, kindName, target string) (explanation, error) {
	kind, ok := blocker.ParseKind(kindName)
	if kindName != "" && !ok {
		return explanation{}, exit{2, fmt.Sprintf("--kind %q is unknown; use one of %s", kindName, kindWords())}
	}
	if !ok {
		kind = guess(gate, target)
	}
	request := blocker.Request{Kind: kind, Name: target}
	if !kind.Named() {
		parsed, err := url.Parse(target)
		if err != nil {
			return explanation{}, exit{2, fmt.Sprintf("%q is not a URL a browser would fetch; write it in full, with https://, or say what else it is with --kind cookie, storage or destination", target)}
		}
		request = blocker.Request{Kind: kind, Host: parsed.Host(), Path: parsed.Pathname()}
	}
	d := gate.Decide(request)
	return explanation{
		Target: target, Kind: kind.String(), Decision: d.Action.String(), Rule: gate.RuleName(d.Rule),
		Category: d.Category.String(), Reason: d.Reason.String(),
	}, nil
}

// guess takes what has a scheme for a URL and asks the rules about anything else.
func guess(gate *blocker.Gate, target string) blocker.Kind {
	if strings.Contains(target, "://") {
		return blocker.Script
	}
	for _, kind := range []blocker.Kind{blocker.Cookie, blocker.Storage} {
		if gate.Decide(blocker.Request{Kind: kind, Name: target}).Rule != 0 {
			return kind
		}
	}
	if catalog.FindVendor(target) != "" {
		return blocker.Destination
	}
	return blocker.Script
}

func kindWords() string {
	var words []string
	for _, k := range blocker.Kinds()[1:] {
		words = append(words, k.String())
	}
	return strings.Join(words, ", ")
}

func (o *explainOptions) print(c *cobra.Command, answers []explanation) error {
	if o.asJSON {
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(answers)
	}
	for _, e := range answers {
		rule := e.Rule
		if rule == "" {
			rule = "-"
		}
		if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\t%s\t%s\t%s (%s)\n", e.Decision, e.Category, e.Target, rule, e.Reason); err != nil {
			return err
		}
	}
	return nil
}
