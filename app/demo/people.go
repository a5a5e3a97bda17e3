package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
)

// culture is where names go together.
type culture struct {
	zone, phone string // phone: the beginning of numbers there
	first, last []string
}

var cultures = []culture{
	{"Europe/Berlin", "+49 30 5550", []string{"Anna", "Jonas", "Katharina", "Lukas", "Jürgen", "Sabine", "Matthias", "Heike", "Björn", "Ulrike"},
		[]string{"Müller", "Schäfer", "Weiß", "Brandt", "Großmann", "Köhler", "Freiherr von Hohenstaufen-Württemberg", "Leutheusser-Schnarrenberger", "Vogt", "Ziegler"}},
	{"Europe/Istanbul", "+90 212 555", []string{"Elif", "Mehmet", "Zeynep", "Emre", "Ayşe", "Burak"}, []string{"Yılmaz", "Kaya", "Demir", "Şahin", "Öztürk", "Aydın"}},
	{"Europe/Warsaw", "+48 22 555", []string{"Agnieszka", "Piotr", "Małgorzata", "Krzysztof", "Zofia", "Tomasz"}, []string{"Kowalski", "Wiśniewska", "Wójcik", "Zieliński", "Dąbrowska", "Łukasik"}},
	{"Europe/Paris", "+33 1 5550", []string{"Élodie", "Thomas", "Amélie", "François", "Chloé", "Benoît"}, []string{"Lefèvre", "Moreau", "Dubois", "Garnier", "Le Gall", "Beauchêne"}},
	{"Asia/Kolkata", "+91 80 5550", []string{"Priya", "Arjun", "Ananya", "Rahul", "Lakshmi", "Vikram"}, []string{"Sharma", "Iyer", "Patel", "Krishnamurthy", "Banerjee", "Reddy"}},
	{"Asia/Tokyo", "+81 3 5550", []string{"Haruka", "Kenji", "Yuki", "Takumi", "Aiko", "Sōta"}, []string{"Tanaka", "Suzuki", "Kobayashi", "Watanabe", "Itō", "Yamamoto"}},
	{"Africa/Lagos", "+234 1 555", []string{"Chinedu", "Ngozi", "Oluwaseun", "Amina", "Ifeoma", "Tunde"}, []string{"Okafor", "Adeyemi", "Balogun", "Eze", "Nwosu", "Abiola"}},
	{"America/Sao_Paulo", "+55 11 5555", []string{"Beatriz", "João", "Mariana", "Rafael", "Luíza", "Thiago"}, []string{"da Silva", "Oliveira", "Souza", "Almeida", "Conceição", "Ferreira"}},
	{"Europe/Dublin", "+353 1 555", []string{"Aoife", "Sean", "Niamh", "Liam", "Grace", "Oliver"}, []string{"O’Connor", "Murphy", "Walsh", "Fitzgerald", "Byrne", "Kavanagh"}},
	{"Europe/Kyiv", "+380 44 555", []string{"Olena", "Andriy", "Iryna", "Dmytro", "Kateryna", "Taras"}, []string{"Shevchenko", "Kovalenko", "Bondarenko", "Tkachenko", "Melnyk", "Hrytsenko"}},
	{"Asia/Ho_Chi_Minh", "+84 28 5555", []string{"Linh", "Minh", "Thảo", "Quang", "Hương", "Đức"}, []string{"Nguyễn", "Trần", "Phạm", "Lê", "Hoàng", "Vũ"}},
	{"Africa/Cairo", "+20 2 5555", []string{"Layla", "Omar", "Yasmin", "Karim", "Nour", "Hassan"}, []string{"Haddad", "Mansour", "El-Sayed", "Farouk", "Nasser", "Aziz"}},
}

// fixed are the accounts people of the demo sign in with, in this order.
var fixed = []Person{
	{Username: "admin", Name: "Dr. Karl-Friedrich Freiherr von Hohenstaufen-Württemberg", Role: "admin", Zone: "Europe/Berlin", Phone: "+49 30 5550 1000"},
	{Username: "manager", Name: "Priya Krishnamurthy", Role: "manager", Zone: "Asia/Kolkata", Phone: "+91 80 5550 1001"},
	{Username: "user", Name: "Jonas Schäfer", Role: "user", Zone: "Europe/Berlin", Phone: "+49 30 5550 1002"},
	{Username: "auditor", Name: "Aoife Fitzgerald", Role: "auditor", Zone: "Europe/Dublin", Phone: "+353 1 555 1003"},
}

func (m *maker) people() {
	taken := map[string]bool{}
	for i := range m.size.Users {
		var p Person
		if i < len(fixed) {
			p = fixed[i]
		} else {
			p = m.person(taken)
		}
		taken[p.Username] = true
		p.Email, p.Number = p.Username+"@example.org", strconv.Itoa(20417+i*7)
		p.Made = m.between(m.ago(1100), m.ago(1000)) // before the oldest project
		if m.chance(33) {
			p.Picture = m.picture()
		}
		m.People = append(m.People, p)
	}
}

// person makes somebody whose user name is not taken.
func (m *maker) person(taken map[string]bool) Person {
	c := cultures[0]
	if m.chance(75) {
		c = pick(m, cultures)
	}
	first, last := pick(m, c.first), pick(m, c.last)
	p := Person{Name: first + " " + last, Role: "user", Zone: c.zone, Phone: fmt.Sprintf("%s %04d", c.phone, 1100+m.rand.IntN(8900))}
	if m.chance(6) {
		p.Name = "Dr. " + p.Name
	}
	if m.chance(8) {
		p.Role = "manager"
	}
	base := plain(first) + "." + plain(last)
	p.Username = base
	for n := 2; taken[p.Username]; n++ {
		p.Username = base + strconv.Itoa(n)
	}
	return p
}

var ascii = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ş", "s", "ı", "i", "ç", "c", "ł", "l", "ś", "s", "ó", "o", "ą", "a", "ń", "n",
	"é", "e", "è", "e", "ê", "e", "î", "i", "ō", "o", "ã", "a", "í", "i", "ả", "a", "ư", "u", "ơ", "o", "đ", "d", "ứ", "u", "ễ", "e", "ầ", "a",
	"ạ", "a", "à", "a", "ũ", "u", "’", "", "-", "", "ğ", "g", "ç", "c")

// plain is a name as user names have it: its last word, small ASCII letters.
func plain(name string) string {
	words := strings.Fields(strings.ToLower(name))
	var b strings.Builder
	for _, r := range ascii.Replace(words[len(words)-1]) {
		if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Pictures are five by five blocks, alike left and right.
const (
	blocks = 5
	pixels = 16 // a block's width
)

func (m *maker) picture() []byte {
	tones := []color.Color{color.RGBA{0x25, 0x63, 0xeb, 255}, color.RGBA{0x0f, 0x76, 0x6e, 255}, color.RGBA{0xb4, 0x53, 0x09, 255},
		color.RGBA{0x7c, 0x3a, 0xed, 255}, color.RGBA{0xbe, 0x12, 0x3c, 255}, color.RGBA{0x47, 0x55, 0x69, 255}}
	img := image.NewPaletted(image.Rect(0, 0, blocks*pixels, blocks*pixels), color.Palette{color.RGBA{0xf1, 0xf5, 0xf9, 255}, pick(m, tones)})
	bits := m.rand.Uint32()
	for y := range blocks * pixels {
		for x := range blocks * pixels {
			column := min(x/pixels, blocks-1-x/pixels)
			img.SetColorIndex(x, y, uint8(bits>>(y/pixels*3+column)&1))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil // never: memory takes everything
	}
	return b.Bytes()
}
