//go:build !js

// Command datapledge-checker is the offline checker of evidence packages as
// browsers run it, on the public page /verify. Everywhere else that is
// datapledge evidence check.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "datapledge-checker runs in browsers: build it with GOOS=js GOARCH=wasm (scripts/install does).\n"+
		"Here, use: datapledge evidence check FILE.zip -trust FILE")
	os.Exit(2)
}
