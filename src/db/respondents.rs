//! Respondent-level data of a survey: the codebook, and the answers in a few dimensions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Alias, ExprTrait, Order, Query, SelectStatement};

use super::{Cells, ColumnRef, DatabaseError, Snapshot};
use crate::{
    entity::{
        answer_code, answer_code_group, question_category, respondent, respondent_answer,
        respondent_data,
    },
    stats::weighted::{SampledRespondent, WeightedSample},
    vocabulary::{SegmentDimension, Vocabulary},
};

/// The codes of the answers in one dimension.
#[derive(Clone, Debug)]
pub struct AnswerCodes {
    /// The dimension.
    pub dimension: SegmentDimension,
    /// The codes, in the order of the codebook.
    pub codes: Vec<Arc<str>>,
    /// Groups of codes by name, each with the positions of its codes.
    pub groups: Vec<(Arc<str>, Vec<usize>)>,
    /// The conditions on the respondents who were asked, as dimensions and codes or names of groups.
    pub asked_of: Vec<(SegmentDimension, Arc<str>)>,
    /// The position of the first code among the codes of all dimensions.
    first_position: usize,
}

/// What is known about the respondents of a survey, without their answers.
#[derive(Clone, Debug)]
pub struct RespondentCodebook {
    /// Whether nobody gave the answers.
    pub is_synthetic: bool,
    /// The smallest number of respondents in a cell that is shown.
    pub min_cell: u64,
    /// The dimensions, in the order of the codebook.
    pub dimensions: Vec<Arc<AnswerCodes>>,
}

/// The answers of the respondents of a survey. Schema fields compute tables from them and never return them.
#[derive(Debug)]
pub struct RespondentAnswers {
    /// The respondents and the design of the sample.
    pub sample: WeightedSample,
    /// The answers in each of the requested dimensions: the position of the code of each respondent.
    pub answers: Vec<Vec<Option<usize>>>,
}

/// The key for loading the [`RespondentCodebook`] of a survey; `None` if there are no respondents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RespondentCodebookKey(pub Arc<str>);

/// The key for loading the [`RespondentAnswers`] of a survey.
#[derive(Clone, Debug)]
pub struct RespondentAnswersKey {
    /// The slug of the survey.
    pub survey: Arc<str>,
    /// The dimensions.
    pub dimensions: Vec<Arc<AnswerCodes>>,
}

impl RespondentAnswersKey {
    fn identity(&self) -> (&str, Vec<SegmentDimension>) {
        let dimensions = self.dimensions.iter().map(|codes| codes.dimension);
        (&self.survey, dimensions.collect())
    }
}

impl PartialEq for RespondentAnswersKey {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for RespondentAnswersKey {}

impl std::hash::Hash for RespondentAnswersKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

/// Selects columns of one table.
fn select(columns: &[ColumnRef]) -> SelectStatement {
    let mut select = Query::select();
    for column in columns {
        select.expr(column.expr());
    }
    select.from(Alias::new(columns[0].table));
    select
}

fn text(cells: &Cells, n: usize) -> Option<&Arc<str>> {
    cells.get(n)?.text()
}

fn number<T: TryFrom<i64>>(cells: &Cells, n: usize) -> Option<T> {
    T::try_from(cells.get(n)?.int()?).ok()
}

fn dimension(cells: &Cells, n: usize) -> Option<SegmentDimension> {
    SegmentDimension::parse(text(cells, n)?)
}

impl Snapshot {
    async fn read(
        &self,
        statement: &SelectStatement,
        columns: &[ColumnRef],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let kinds: Vec<_> = columns.iter().map(|column| column.kind).collect();
        self.select(statement, &kinds).await
    }

    async fn respondent_codebook(
        &self,
        survey: &str,
    ) -> Result<Option<RespondentCodebook>, DatabaseError> {
        use respondent_data::Column as Data;
        let columns = [Data::IsSynthetic, Data::MinCell].map(ColumnRef::new);
        let mut statement = select(&columns);
        statement.and_where(ColumnRef::new(Data::SurveyId).expr().eq(survey));
        let rows = self.read(&statement, &columns).await?;
        let Some(data) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(RespondentCodebook {
            is_synthetic: data[0].bool().unwrap_or_default(),
            min_cell: number(data, 1).unwrap_or(u64::MAX),
            dimensions: self.answer_codes().await?,
        }))
    }

    async fn answer_codes(&self) -> Result<Vec<Arc<AnswerCodes>>, DatabaseError> {
        use answer_code::Column as Code;
        use answer_code_group::Column as Group;
        use question_category::Column as Asked;
        let columns = [Code::Dimension, Code::Code, Code::QuestionId].map(ColumnRef::new);
        let mut statement = select(&columns);
        statement.order_by_expr(ColumnRef::new(Code::Position).expr(), Order::Asc);
        let codes = self.read(&statement, &columns).await?;
        let mut dimensions: Vec<(AnswerCodes, Option<Arc<str>>)> = Vec::new();
        for (position, row) in codes.iter().enumerate() {
            let (Some(dimension), Some(code)) = (dimension(row, 0), text(row, 1)) else {
                continue;
            };
            match dimensions.last_mut() {
                Some((last, _)) if last.dimension == dimension => last.codes.push(code.clone()),
                _ => dimensions.push((
                    AnswerCodes {
                        dimension,
                        codes: vec![code.clone()],
                        groups: Vec::new(),
                        asked_of: Vec::new(),
                        first_position: position,
                    },
                    text(row, 2).cloned(),
                )),
            }
        }
        let columns = [Group::Dimension, Group::Name, Group::Codes].map(ColumnRef::new);
        let mut statement = select(&columns);
        statement.order_by_expr(ColumnRef::new(Group::Position).expr(), Order::Asc);
        for row in self.read(&statement, &columns).await? {
            let (Some(dimension), Some(name), Some(codes)) =
                (dimension(&row, 0), text(&row, 1), text(&row, 2))
            else {
                continue;
            };
            let mut known = dimensions.iter_mut().map(|(known, _)| known);
            if let Some(known) = known.find(|known| known.dimension == dimension) {
                let position = |code: &str| known.codes.iter().position(|one| **one == *code);
                let codes = codes.split(';').filter_map(position).collect();
                known.groups.push((name.clone(), codes));
            }
        }
        let columns = [Asked::QuestionId, Asked::Dimension, Asked::Value].map(ColumnRef::new);
        for row in self.read(&select(&columns), &columns).await? {
            let (Some(question), Some(dimension), Some(value)) =
                (text(&row, 0), dimension(&row, 1), text(&row, 2))
            else {
                continue;
            };
            for (codes, of_question) in &mut dimensions {
                if of_question.as_ref() == Some(question) {
                    codes.asked_of.push((dimension, value.clone()));
                }
            }
        }
        let dimensions = dimensions.into_iter();
        Ok(dimensions.map(|(codes, _)| Arc::new(codes)).collect())
    }

    async fn respondent_answers(
        &self,
        key: &RespondentAnswersKey,
    ) -> Result<RespondentAnswers, DatabaseError> {
        use respondent::Column as Person;
        use respondent_answer::Column as Answer;
        let columns = [Person::Weight, Person::Stratum, Person::Unit].map(ColumnRef::new);
        let mut statement = select(&columns);
        statement
            .and_where(ColumnRef::new(Person::SurveyId).expr().eq(&*key.survey))
            .order_by_expr(ColumnRef::new(Person::Position).expr(), Order::Asc);
        let rows = self.read(&statement, &columns).await?;
        let respondents: Vec<_> = rows
            .iter()
            .map(|row| SampledRespondent {
                weight: row[0].float().unwrap_or_default(),
                stratum: number(row, 1).unwrap_or_default(),
                unit: number(row, 2).unwrap_or_default(),
            })
            .collect();
        let columns = [Answer::Dimension, Answer::Respondent, Answer::Code].map(ColumnRef::new);
        let names = key.dimensions.iter().map(|codes| codes.dimension.as_str());
        let mut statement = select(&columns);
        statement
            .and_where(ColumnRef::new(Answer::SurveyId).expr().eq(&*key.survey))
            .and_where(columns[0].expr().is_in(names));
        let mut answers = vec![vec![None; respondents.len()]; key.dimensions.len()];
        for row in self.read(&statement, &columns).await? {
            let dimension = dimension(&row, 0);
            let column = key
                .dimensions
                .iter()
                .position(|codes| Some(codes.dimension) == dimension);
            let (Some(column), Some(respondent), Some(code)) =
                (column, number::<usize>(&row, 1), number::<usize>(&row, 2))
            else {
                continue;
            };
            let codes = &key.dimensions[column];
            if let Some(answer) = answers[column].get_mut(respondent) {
                let code = code.checked_sub(codes.first_position);
                *answer = code.filter(|code| *code < codes.codes.len());
            }
        }
        Ok(RespondentAnswers {
            sample: WeightedSample::new(respondents),
            answers,
        })
    }
}

impl Loader<RespondentCodebookKey> for Snapshot {
    type Value = Option<Arc<RespondentCodebook>>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[RespondentCodebookKey],
    ) -> Result<HashMap<RespondentCodebookKey, Self::Value>, Self::Error> {
        let mut loaded = HashMap::new();
        for key in keys {
            let codebook = self.respondent_codebook(&key.0).await?;
            loaded.insert(key.clone(), codebook.map(Arc::new));
        }
        Ok(loaded)
    }
}

impl Loader<RespondentAnswersKey> for Snapshot {
    type Value = Arc<RespondentAnswers>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[RespondentAnswersKey],
    ) -> Result<HashMap<RespondentAnswersKey, Self::Value>, Self::Error> {
        let mut loaded = HashMap::new();
        for key in keys {
            let answers = self.respondent_answers(key).await?;
            loaded.insert(key.clone(), Arc::new(answers));
        }
        Ok(loaded)
    }
}
