package network

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// In Kubernetes the environment is the same as in compose, and no member's
// file names another member's hosts or ports.
func TestKubernetesMembersStandAlone(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	files := manifests(t)
	services := compose(t, files).Services
	for _, m := range c.Members {
		role := string(m.Role)
		text := string(files["k8s/"+role+".yaml"])
		for _, kind := range []string{"peer.", "orderer."} {
			for name, value := range services[kind+role].Environment {
				if line := fmt.Sprintf("- {name: %s, value: %q}\n", name, value); strings.Count(text, line) < 1 {
					t.Errorf("k8s/%s.yaml has not %s", role, line)
				}
			}
		}
		for _, p := range c.ports() {
			own := strings.HasSuffix(p.node, "."+role)
			if found := regexp.MustCompile(`\b` + fmt.Sprint(p.number) + `\b`).MatchString(text); found != own {
				t.Errorf("k8s/%s.yaml: port %d of %s: %v", role, p.number, p.node, found)
			}
		}
		for _, other := range c.Members {
			if found := strings.Contains(text, other.Domain); found != (other.Role == m.Role) {
				t.Errorf("k8s/%s.yaml: domain %s: %v", role, other.Domain, found)
			}
		}
	}
}

var fromFile = regexp.MustCompile(`=(crypto/peerOrganizations/[^ ]+)`)

func TestSecretsAreMadeFromTheNodesOwnFiles(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(manifests(t)["kubernetes-secrets.sh"])) {
		for _, w := range nodesOf(c) {
			if !strings.HasPrefix(line, "kubectl create secret generic "+strings.Replace(w.name, ".", "-", 1)+" ") {
				continue
			}
			lines++
			for _, m := range fromFile.FindAllStringSubmatch(line, -1) {
				domain := strings.TrimPrefix(w.host, "chaincode.")
				if !strings.Contains(m[1], "/"+w.host+"/") && !(domain != w.host && strings.Contains(m[1], "/"+domain+"/users/User2@"+domain+"/")) {
					t.Errorf("the secret of %s takes %s", w.name, m[1])
				}
			}
		}
	}
	if lines != len(nodesOf(c)) {
		t.Errorf("%d secrets for %d nodes", lines, len(nodesOf(c)))
	}
}

var secretForm = regexp.MustCompile(`PRIVATE KEY|BEGIN CERT|[A-Za-z0-9+/]{64,}|(?i)password`)

func TestManifestsHoldNoSecret(t *testing.T) {
	for name, text := range manifests(t) {
		for line := range bytes.Lines(text) {
			if found := secretForm.Find(line); found != nil && !bytes.Contains(found, []byte("peerOrganizations")) {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

// Everything follows consortium.json: with other ports, hosts, versions, none
// of the old ones is left.
func TestManifestsFollowTheConsortium(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	old := c.ports()
	c = c.Shifted(10000)
	c.Fabric, c.Chaincode.Version = "3.1.9", "7.2+x"
	for i := range c.Members {
		rename := strings.NewReplacer("datapledge.example", "elsewhere.test")
		m := &c.Members[i]
		m.Domain, m.Peer.Host = rename.Replace(m.Domain), rename.Replace(m.Peer.Host)
		if m.Orderer != nil {
			m.Orderer.Host = rename.Replace(m.Orderer.Host)
		}
	}
	c.Storage.Host = "s3.elsewhere.test"
	out, err := Manifests(c)
	if err != nil {
		t.Fatal(err)
	}
	gone := []string{"datapledge.example", "fabric-peer:3.1.1", "fabric-orderer:3.1.1", "datapledge-chaincode:1\n", "datapledge_1"}
	for _, p := range old {
		gone = append(gone, fmt.Sprint(p.number))
	}
	for name, text := range out {
		for _, word := range gone {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s still has %s", name, word)
			}
		}
	}
	if !bytes.Contains(out["compose.yaml"], []byte(`"datapledge-chaincode:7.2_x"`)) {
		t.Error("the image's tag is not the chaincode's version")
	}
}

func TestConfigtxNamesTheOrderers(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	text := string(manifests(t)["configtx.yaml"])
	for _, m := range c.consenters() {
		for want, times := range map[string]int{fmt.Sprintf("OrdererEndpoints: [%q]", address(m.Orderer.Host, m.Orderer.Port)): 1,
			fmt.Sprintf("Host: %s\n          Port: %d\n", m.Orderer.Host, m.Orderer.Port): len(c.channels())} {
			if n := strings.Count(text, want); n != times {
				t.Errorf("configtx.yaml has %q %d times, want %d", want, n, times)
			}
		}
	}
	if _, err := c.named([]byte(`OrdererEndpoints: ["127.0.0.1:1"]`)); err == nil {
		t.Error("an address of this machine is left over, and nobody says so")
	}
}

func TestManifestScriptsParse(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh")
	}
	var names []string
	for name, text := range manifests(t) {
		if !strings.HasSuffix(name, ".sh") {
			continue
		}
		names = append(names, name)
		cmd := exec.CommandContext(t.Context(), shell, "-n")
		cmd.Stdin = bytes.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	slices.Sort(names)
	if want := []string{"channel.sh", "kubernetes-secrets.sh", "prepare.sh"}; !slices.Equal(names, want) {
		t.Errorf("scripts %v, want %v", names, want)
	}
}

func TestFabricVersionIsARelease(t *testing.T) {
	for _, bad := range []string{"", "latest", "3.1.1\nrm -rf", "3.1"} {
		c, err := Default()
		if err != nil {
			t.Fatal(err)
		}
		c.Fabric = bad
		if out, err := Manifests(c); err == nil || out != nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}
