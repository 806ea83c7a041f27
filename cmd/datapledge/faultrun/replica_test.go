package faultrun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/node"
)

// commitTimeout is when the service calls an outcome unknown: a little more
// than what a new leader takes.
const commitTimeout = 6 * time.Second

// replica is a service process. It always comes back at the same address with
// the same data.
type replica struct {
	t       testing.TB
	program string
	dir     string
	addr    string
	cmd     *exec.Cmd
}

// replica makes a service that acts as a client of a member, and does not
// start it yet.
func (s *site) replica(as pledge.Role) *replica {
	s.Helper()
	v := &replica{t: s, program: s.program, dir: s.TempDir(), addr: needs.Address(s)}
	text, err := json.Marshal(s.config(v, as))
	if err == nil {
		err = os.WriteFile(v.path("service.json"), text, 0o600)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(v.kill)
	return v
}

func (v *replica) path(name string) string { return filepath.Join(v.dir, name) }
func (v *replica) url() string             { return "http://" + v.addr }

func (s *site) config(v *replica, as pledge.Role) node.Config {
	c := s.net.Consortium()
	n := node.Default()
	n.Listen, n.Data, n.Channel = v.addr, v.path("data"), c.Channel
	n.Ledger = node.Ledger{Kind: "fabric", ProfileFile: s.net.Profile(as), Chaincode: c.Chaincode.Name, ChaincodeVersion: c.Chaincode.Version,
		TrustFile: s.trust, CommitTimeout: node.Duration(commitTimeout)}
	n.Keys.CustodianFile = s.custodian
	n.Limits.RatePerAddress, n.Limits.RatePerParty = -1, -1
	in := func(name string) string { return filepath.Join(s.net.Dir(), "s3", name) }
	n.Bucket = node.Bucket{Kind: "s3", Endpoint: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Storage.Port)), Bucket: c.Storage.Bucket,
		Region: c.Storage.Region, Create: true, CAFile: in("ca.pem"), AccessKeyFile: in("access-key"), SecretKeyFile: in("secret-key"),
		Lock: node.Lock{Mode: "governance", Days: 1}}
	return n
}

// start returns when the service takes requests.
func (v *replica) start() error {
	log, err := os.OpenFile(v.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(v.program, "serve", "-json", "-config", v.path("service.json"))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	up := make(chan error, 1)
	go func() { up <- json.NewDecoder(out).Decode(&struct{}{}) }()
	select {
	case err = <-up:
	case <-time.After(90 * time.Second):
		err = fmt.Errorf("it says nothing for 90 s")
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return fmt.Errorf("the service did not start: %w; its log ends: %s", err, v.lastWords())
	}
	v.cmd = cmd
	return nil
}

func (v *replica) mustStart() {
	v.t.Helper()
	if err := v.start(); err != nil {
		v.t.Fatal(err)
	}
}

// kill is signal 9; nothing when it does not run.
func (v *replica) kill() {
	if v.cmd == nil {
		return
	}
	_ = v.cmd.Process.Signal(syscall.SIGKILL)
	_ = v.cmd.Wait()
	v.cmd = nil
}

// log is what the service has logged since it had so many bytes.
func (v *replica) log(from int) string {
	text, _ := os.ReadFile(v.path("log"))
	return string(text[min(from, len(text)):])
}

func (v *replica) lastWords() []byte {
	text := []byte(v.log(0))
	if i := bytes.LastIndexByte(text[:max(0, len(text)-1500)], '\n'); i >= 0 {
		text = text[i+1:]
	}
	return text
}
