// Texts: preview, suggestions, drafts, pasted and dropped files.
