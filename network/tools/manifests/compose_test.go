package manifests

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// environment is what prepare.sh writes to .env.
var environment = types.Mapping{
	"DATAPLEDGE_USER":       "1000:1000",
	"CHAINCODE_ID_IPCENTER": "datapledge_1:00", "CHAINCODE_ID_NOTARY": "datapledge_1:01", "CHAINCODE_ID_EXCHANGE": "datapledge_1:02",
	"CHAINCODE_ID_COURT": "datapledge_1:03", "CHAINCODE_ID_REGULATOR": "datapledge_1:04", "CHAINCODE_ID_BANK": "datapledge_1:05",
}

// load validates against the schema of compose, interpolates, and checks that
// all networks, volumes and secrets that a service names exist.
func load(t *testing.T, text string, env types.Mapping) (*types.Project, error) {
	t.Helper()
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  t.TempDir(),
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: []byte(text)}},
		Environment: env.Clone(), // the loader adds to it
	})
}

func TestComposeLoads(t *testing.T) {
	p, err := load(t, string(read(t, "compose.yaml")), environment)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Services) != 17 { // 4 orderers, 6 peers, 6 chaincodes, S3
		t.Errorf("%d services", len(p.Services))
	}
	for name, s := range p.Services {
		if s.Restart != "unless-stopped" || !s.ReadOnly || len(s.CapDrop) != 1 || s.Deploy.Resources.Limits == nil {
			t.Errorf("%s: restart %q, read only %v, drops %v, limits %v", name, s.Restart, s.ReadOnly, s.CapDrop, s.Deploy.Resources.Limits)
		}
		if strings.HasPrefix(name, "chaincode.") == (s.HealthCheck != nil) {
			t.Errorf("%s: health check %v", name, s.HealthCheck)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: %v is open to the outside", name, port)
			}
		}
	}
}

// An unset variable must stop compose, not start a chaincode without an id.
func TestComposeNeedsWhatPrepareWrites(t *testing.T) {
	for missing := range environment {
		env := environment.Clone()
		delete(env, missing)
		if _, err := load(t, string(read(t, "compose.yaml")), env); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

func TestComposeLoaderRefuses(t *testing.T) {
	text := string(read(t, "compose.yaml"))
	for name, wrong := range map[string][2]string{
		"a misspelled field":  {"    hostname:", "    hostnam:"},
		"a volume not there":  {"  peer.bank: {}\n", ""},
		"a network not there": {"  member.bank: {internal: true}\n", ""},
		"a secret not there":  {"  s3-secret-key: {file: ./s3/secret-key}\n", ""},
	} {
		changed := strings.Replace(text, wrong[0], wrong[1], 1)
		if changed == text {
			t.Fatalf("%s: %q is not in compose.yaml", name, wrong[0])
		}
		if _, err := load(t, changed, environment); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
