//! The HTML part of an e-mail: its text in one column, without external resources and without scripts.

/// `text` has paragraphs parted by empty lines; its first line is the heading.
pub fn page(language: &str, subject: &str, text: &str) -> String {
    let mut paragraphs = text.split("\n\n").map(|paragraph| escape(paragraph).replace('\n', "<br>\n"));
    let heading = paragraphs.next().unwrap_or_default();
    let rest: String = paragraphs.map(|paragraph| format!("<p style=\"margin:0 0 16px\">{paragraph}</p>\n")).collect();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n</head>\n<body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif\">\n\
         <div style=\"max-width:560px;margin:0 auto\">\n<h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.3\">{heading}</h1>\n\
         {rest}</div>\n</body>\n</html>\n",
        escape(subject)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn text_stays_text() {
        let page = page("es", "A & B", "Hola <b>\n\nUno: 1\nDos: \"2\"\n\nFin");
        assert!(page.contains("<html lang=\"es\">") && page.contains("<title>A &amp; B</title>"));
        assert!(page.contains(">Hola &lt;b&gt;</h1>"));
        assert!(page.contains(">Uno: 1<br>\nDos: &quot;2&quot;</p>") && page.contains(">Fin</p>"));
        assert!(!page.contains("<b>"));
    }
}
