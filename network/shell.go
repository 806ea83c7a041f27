package network

import (
	"fmt"
	"path/filepath"
	"strings"
)

// shellFiles are env/<role>.sh: a shell that reads one can use Fabric's own
// commands (peer, …) as the admin of that member.
func (r *Running) shellFiles() files {
	out := files{}
	for _, m := range r.l.Members {
		out[filepath.Join("env", string(m.Role)+".sh")] = []byte(r.shell(m))
	}
	return out
}

func (r *Running) shell(m Member) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Fabric's own commands as the admin of %s:\n#   . %s\n#   peer chaincode query -C %s -n %s -c '{\"Args\":[\"record\",\"RECORD ID\"]}'\n",
		m.MSP, r.l.path("env", string(m.Role)+".sh"), r.l.Channel, r.l.Chaincode.Name)
	for _, e := range append([]string{"PATH=" + filepath.Dir(r.tools.peer) + ":" + "$PATH"}, r.peerEnv(m)...) {
		name, value, _ := strings.Cut(e, "=")
		fmt.Fprintf(&b, "export %s=%s\n", name, shellQuoted(value))
	}
	return b.String()
}

// shellQuoted keeps $PATH alone to be expanded.
func shellQuoted(s string) string {
	before, found := strings.CutSuffix(s, ":$PATH")
	quoted := "'" + strings.ReplaceAll(before, "'", `'\''`) + "'"
	if found {
		quoted += `:"$PATH"`
	}
	return quoted
}
