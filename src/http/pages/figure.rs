//! The pages of published figures, and of the statements that compare them.

use maud::html;

use super::{
    answers::{FigureDetails, IdentityDetails, IdentityLine},
    components::{
        Page, PageContext, breadcrumbs, fact, facts, figure_list, identity_list, search_form,
        source_link, source_text, uses,
    },
    words,
};

pub(super) fn figure_page(figure: &FigureDetails, context: &PageContext<'_>) -> Page {
    let line = &figure.line;
    let path = format!("figure/{}", line.slug);
    let printed = words::printed(&line.quantity);
    let is_share = words::share(line).is_some();
    let statement = words::upper_first(&words::statement(line));
    let unit = &line.quantity.unit;
    let unit = (!matches!(unit.as_str(), "percent" | "rank" | "times")
        && !unit.starts_with("USD "))
    .then(|| format!(" {unit}"));
    let description = format!("{statement}, published in {}.", line.source.title);
    let mut numbers = vec![fact(
        "As published",
        printed.clone(),
        Some(match words::range(&line.quantity) {
            Some(range) => format!("its rounding or wording allows {range}"),
            None => "an exact number".to_owned(),
        }),
    )];
    if let Some(question) = &line.question {
        let margin = figure.margin_of_error.as_ref();
        numbers.push(fact(
            "Margin of error",
            margin.map_or("Unknown".to_owned(), |margin| {
                format!("±{} points", words::decimal(margin.points))
            }),
            margin.is_none().then(|| {
                if line.base.as_ref().is_some_and(|base| base.n.is_none()) {
                    "the number of respondents is not published"
                } else {
                    "the percentage is not published"
                }
                .to_owned()
            }),
        ));
        numbers.push(fact(
            "Survey",
            question.survey.title.clone(),
            Some(question.topic.clone()),
        ));
    }
    numbers.extend(figure.year.map(|year| fact("Year", year.to_string(), None)));
    let about = [
        figure
            .state
            .as_ref()
            .map(|state| (state.name.clone(), format!("state/{}", state.code))),
        figure
            .country
            .as_ref()
            .map(|country| (country.name.clone(), format!("country/{}", country.code))),
        figure.region.as_ref().map(|region| {
            (
                format!("the {}", words::title_case(&region.name)),
                format!("./?region={}", region.name),
            )
        }),
    ];
    let about: Vec<_> = about.into_iter().flatten().collect();
    let mut caveats: Vec<String> = line
        .flags
        .iter()
        .map(|flag| words::flag(flag).to_owned())
        .collect();
    caveats.push(words::direction(line.direction.as_deref().unwrap_or_default()).to_owned());
    caveats.extend(line.note.as_deref().map(words::notation));
    caveats.retain(|caveat| !caveat.is_empty());
    let content = html! {
        (breadcrumbs(&[("Do the figures add up?".to_owned(), "figures".to_owned())]))
        @if is_share {
            h1 { (statement) }
        } @else {
            h1 { (words::figure_name(line)) }
            p.figure-value { (printed) @if let Some(unit) = unit { small { (unit) } } }
        }
        p.lead {
            @if let Some(size) = words::base_size(line) { (size) " " }
            "Published in " (source_link(&line.source)) "."
        }
        (facts(&numbers))
        @if !about.is_empty() {
            p { "It is about " @for (index, (name, address)) in about.iter().enumerate() { @if index > 0 { ", " } a href=(address) translate="no" { (name) } } "." }
        }
        section aria-labelledby="unknown" {
            h2 id="unknown" { "What to know before you quote it" }
            @if caveats.is_empty() {
                p { "We found nothing that its source leaves out or gets wrong." }
            } @else {
                ul { @for caveat in &caveats { li { (caveat) } } }
            }
        }
        section aria-labelledby="checks" {
            h2 id="checks" { "Does it agree with other figures?" }
            @if figure.identities.is_empty() { p { "No check uses it." } }
            (identity_list(&figure.identities))
        }
        (uses(&[("CSV", "export/figures.csv".to_owned(), "all published figures, for spreadsheets")], context.query))
        (context.citation(&statement, &path, [source_text(&line.source)]))
        (search_form(""))
    };
    Page {
        description,
        path,
        title: statement,
        content,
        place: None,
    }
}

pub(super) fn identity_page(
    identity: &IdentityDetails,
    identities: &[IdentityLine],
    context: &PageContext<'_>,
) -> Page {
    let path = format!("identity/{}", identity.slug);
    let statement = words::notation(&identity.statement);
    let verdict = words::verdict(&identity.verdict);
    let finding = words::notation(&identity.finding);
    let title = format!("Do the figures add up? {finding}");
    let position = identities
        .iter()
        .position(|other| other.slug == identity.slug);
    // The two before and after it in the list.
    let neighbors = identities.iter().enumerate().filter(|(index, other)| {
        other.slug != identity.slug
            && position.is_some_and(|position| index.abs_diff(position) <= 2)
    });
    let neighbors = neighbors.map(|(_, identity)| identity);
    let content = html! {
        (breadcrumbs(&[("Do the figures add up?".to_owned(), "figures".to_owned())]))
        div.check data-testid="check" {
            h1 { (finding) }
            p.lead { "The check: “" (statement) "” " b { (verdict) } ". " (words::verdict_meaning(&identity.verdict)) }
            @if let Some(assumption) = &identity.assumption { p { "Assumption: " (words::notation(assumption)) } }
            (facts(&[
                fact("Computed from the figures", words::side(&identity.left), identity.unit.clone()),
                fact("To compare with", words::side(&identity.right), identity.unit.clone()),
            ]))
        }
        p {
            @if [&identity.left, &identity.right].iter().any(|side| side.contains('(')) {
                "The ranges in parentheses are what the rounding or the wording of the figures allows. "
            }
            "Sampling error is ignored."
        }
        section aria-labelledby="figures" {
            h2 id="figures" { "The figures" }
            (figure_list(&identity.figures))
        }
        (uses(
            &[
                ("All checks", "figures".to_owned(), "which published figures agree and which contradict each other"),
                ("CSV", "export/figures.csv".to_owned(), "all published figures, with the checks that use them"),
            ],
            context.query,
        ))
        (context.citation(&title, &path, identity.figures.iter().map(|figure| source_text(&figure.source))))
        section aria-labelledby="neighbors" {
            h2 id="neighbors" { "Other checks" }
            (identity_list(neighbors))
        }
        (search_form(""))
    };
    Page {
        description: format!("{finding} {verdict}: “{statement}”"),
        path,
        title,
        content,
        place: None,
    }
}
