package apptest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// DirectoryBase is below what everything in a test's directory stands.
const DirectoryBase = "dc=example,dc=org"

// The account of a test's directory that may read everything.
const (
	DirectoryReader         = "cn=reader," + DirectoryBase
	DirectoryReaderPassword = "reader of the directory"
)

// directoryTree is what every directory begins with: the reader, Ada, Ben and Cyd, and two groups.
const directoryTree = `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=reader,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader of the directory

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: uid=ada,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
mail: ada@example.org
telephoneNumber: +44 1
userPassword: ada of the directory

dn: uid=ben,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ben
cn: Ben Franklin
sn: Franklin
mail: ben@example.org
userPassword: ben of the directory

dn: uid=admin,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: admin
cn: Another Admin
sn: Admin
userPassword: admin of the directory

dn: cn=ops,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: ops
member: uid=ada,ou=people,dc=example,dc=org
member: uid=ben,ou=people,dc=example,dc=org

dn: cn=bosses,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: bosses
member: uid=ada,ou=people,dc=example,dc=org
`

// Slapd is a directory server with a folder of its own.
type Slapd struct {
	Plain string // host:port of LDAP, which takes STARTTLS too
	TLS   string // host:port of LDAP within TLS
	CA    string // file that a client trusts the server by

	t       testing.TB
	program string
	folder  string
	run     *exec.Cmd
}

// NewSlapd starts a directory with a made tree and more entries, in LDIF; it ends with the test.
// A test without the server fails: it never passes unseen.
func NewSlapd(t testing.TB, more string) *Slapd {
	t.Helper()
	s := &Slapd{t: t, folder: t.TempDir()}
	s.program = s.copied()
	cert := NewCertificate(t)
	s.CA, s.Plain, s.TLS = cert.File, freeAddress(t), freeAddress(t)
	data := filepath.Join(s.folder, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	settings := strings.NewReplacer("FOLDER", s.folder, "CERT", cert.File, "KEY", cert.Key).Replace(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile FOLDER/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile CERT
TLSCertificateKeyFile KEY
access to attrs=userPassword by self auth by anonymous auth by * none
access to * by users read by anonymous auth
database mdb
maxsize 10485760
suffix "dc=example,dc=org"
rootdn "cn=root,dc=example,dc=org"
rootpw root of the directory
directory FOLDER/data
dbnosync
`)
	settings = strings.Replace(settings, "rootpw root of the directory", `rootpw "root of the directory"`, 1)
	s.write("slapd.conf", settings)
	s.write("tree.ldif", directoryTree+"\n"+more)
	s.tool("-T", "add", "-f", s.path("slapd.conf"), "-l", s.path("tree.ldif"))
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// copied is a copy of the server's program. The installed one may be confined to the folders of the machine's own
// directory, by the rules that Debian's package brings for AppArmor; they hold for its path.
func (s *Slapd) copied() string {
	s.t.Helper()
	for _, path := range []string{"slapd", "/usr/sbin/slapd"} { // where Debian keeps servers
		found, err := exec.LookPath(path)
		if err != nil {
			continue
		}
		raw, err := os.ReadFile(found) //nolint:gosec // the server's program
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(s.path("slapd"), raw, 0o700); err != nil { //nolint:gosec // a program
			s.t.Fatal(err)
		}
		return s.path("slapd")
	}
	s.t.Fatal("there is no slapd; run `go tool task services`, which installs what tests need")
	return ""
}

func (s *Slapd) path(name string) string { return filepath.Join(s.folder, name) }

func (s *Slapd) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// tool runs the server's program to an end.
func (s *Slapd) tool(args ...string) {
	s.t.Helper()
	if out, err := exec.Command(s.program, args...).CombinedOutput(); err != nil { //nolint:gosec // paths of ours
		s.t.Fatalf("slapd %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Start starts the server, at first or after Stop, and returns once it answers.
func (s *Slapd) Start() {
	s.t.Helper()
	var said bytes.Buffer
	s.run = exec.Command(s.program, "-d", "0", "-f", s.path("slapd.conf"), "-h", "ldap://"+s.Plain+"/ ldaps://"+s.TLS+"/") //nolint:gosec // paths of ours
	s.run.Stdout, s.run.Stderr = &said, &said
	s.run.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.run.Start(); err != nil {
		s.t.Fatal(err)
	}
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		if conn, err := net.DialTimeout("tcp", s.TLS, time.Second); err == nil {
			_ = conn.Close()
			return
		}
		if s.run.Process.Signal(syscall.Signal(0)) != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Stop()
	s.t.Fatalf("slapd does not answer\n%s", said.String())
}

// Stop ends the server; what it holds stays.
func (s *Slapd) Stop() {
	if s.run == nil {
		return
	}
	_ = s.run.Process.Kill() // its data is no longer than the test
	_ = s.run.Wait()
	s.run = nil
}

// Change changes entries, in LDIF as ldapmodify takes it. The server is started anew.
func (s *Slapd) Change(ldif string) {
	s.t.Helper()
	s.Stop()
	s.write("change.ldif", ldif)
	s.tool("-T", "modify", "-f", s.path("slapd.conf"), "-l", s.path("change.ldif"))
	s.Start()
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
