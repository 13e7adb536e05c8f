package main

import (
	"github.com/spf13/cobra"

	"github.com/segment-blocker/segment-blocker/blocker/proxy"
	"github.com/segment-blocker/segment-blocker/web/server/demo"
)

func demoCommand() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:     "demo",
		Short:   "Serve the demo page with the real Analytics.js",
		Example: "  segment-blocker demo --addr localhost:9000",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := proxy.CheckAddr(o.Addr); err != nil {
				return exit{2, "--addr: " + err.Error()}
			}
			o.Stdout = c.OutOrStdout()
			if err := demo.Serve(c.Context(), o); err != nil {
				return exit{1, err.Error()}
			}
			return nil
		},
	}
	c.Flags().StringVar(&o.Addr, "addr", "localhost:8080", "address to listen on")
	c.Flags().StringVar(&o.WebDir, "web", "web", "the project's web folder, built")
	return c
}
