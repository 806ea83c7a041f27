// Package imports holds what the test of the forbidden must find.
package imports

import (
	"crypto/rand"     // want "imports crypto/rand"
	_ "embed"         // want "imports embed"
	_ "maps"          // want "imports maps"
	mrand "math/rand" // want "imports math/rand"
	_ "math/rand/v2"  // want "imports math/rand/v2"
	_ "net"           // want "imports net"
	_ "net/http"      // want "imports net/http"
	"os"              // want "imports os"
	_ "os/exec"       // want "imports os/exec"
	_ "runtime"       // want "imports runtime"
	_ "unsafe"        // want "imports unsafe"
)

func Use() { _, _, _ = rand.Reader, mrand.Int, os.Args }
