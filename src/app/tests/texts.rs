//! The texts of a page as a page translator finds them.

/// The texts of a page's elements, each with whether a page translator leaves it alone.
pub fn texts(html: &str) -> Vec<(String, bool)> {
    let (mut found, mut open) = (Vec::new(), Vec::<(String, bool)>::new());
    for part in html.split('<').skip(1) {
        // a tag in an attribute's value ends later
        let Some((tag, text)) = part.split_once('>') else { continue };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap().to_owned();
        let is_void = ["input", "br", "hr", "!", "!--"].iter().any(|void| name.starts_with(void)) || tag.ends_with('/');
        if tag.starts_with('/') {
            // a closing tag of what is written without one closes nothing
            open.truncate(open.iter().rposition(|(of, _)| *of == name).unwrap_or(open.len()));
        } else if !is_void {
            let is_left = open.last().is_some_and(|(_, is_left)| *is_left) || tag.contains("translate=\"no\"");
            open.push((name, is_left));
        }
        if !text.trim().is_empty() {
            found.push((text.trim().to_owned(), open.last().is_some_and(|(_, is_left)| *is_left)));
        }
    }
    found
}
