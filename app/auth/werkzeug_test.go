package auth_test

// werkzeug are hashes as the replaced portal kept them.
var werkzeug = []struct{ password, kept string }{
	{"correct horse", "scrypt:32768:8:1$saltsalt$74fcf561ec3cf3c2af34a96416554881af5af7f73ddcd791416dc1e190c6e0dad043fbb2cfddee19a2ef87f49bb505e8832ccb011c3171e63c75713d1e462346"},
	{"pässwörd", "scrypt:1024:8:2$NaCl$d0a84e8e65ba2d80c0bfdbd9aca063e9ef155d938475bfcd181fdf8b8fa7acf230b095a62eff84359233cf9a897e1da2c6c30b601307084eaa3bf8107f4588f2"},
	{"correct horse", "pbkdf2:sha256:1000$pepper$810578a3c6d2024f652d5f74a09ef855171367dc3d996219242e24130383a776"},
	{"correct horse", "pbkdf2:sha1:1000$pepper$353acb5c68927466d028b58392bf1538fd51287b"},
	{"correct horse", "pbkdf2:sha512:500$pepper$636f255fac4e896765c9e23d602349c1340feac323e92876ad2194750b45b596c5045f46cd4f9b0ffc79d6ac5eb78446e571624d7b5ce33168c3512b716bdbd0"},
}
