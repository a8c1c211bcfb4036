"""An API that three modes, two groups and three roles call, and its matrices."""

from __future__ import annotations

from textwrap import dedent

from judging import open_scenarios

from cdk_appsync_guard.access.matrix import Matrix
from cdk_appsync_guard.appsync.api import find_apis
from cdk_appsync_guard.engine.scenes import Scene, find_matrices
from cdk_appsync_guard.iam.principals import find_principals

SDL = """\
type Query {
  getPost(id: ID!): Post @aws_api_key @aws_iam
  listPosts: [Post!]! @aws_api_key @aws_iam @aws_cognito_user_pools
  drafts: [Draft] @aws_cognito_user_pools(cognito_groups: ["Editors", "Admins"])
}
type Mutation {
  addPost(title: String!): Post @aws_iam @aws_cognito_user_pools(cognito_groups: ["Editors"])
  deletePost(id: ID!): ID @aws_iam
}
type Subscription {
  onAddPost: Post @aws_subscribe(mutations: ["addPost"]) @aws_api_key @aws_iam
}
type Post @aws_api_key @aws_iam {
  id: ID!
  title: String
  secret: String @aws_iam
}
type Draft { id: ID! }
"""
_HEAD = """\
Parameters: {Team: {Type: String}}
Resources:
  Users: {Type: AWS::Cognito::UserPool}
  Blog:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      Name: blog
      AuthenticationType: API_KEY
      AdditionalAuthenticationProviders:
        - AuthenticationType: AWS_IAM
        - AuthenticationType: AMAZON_COGNITO_USER_POOLS
          UserPoolConfig: {UserPoolId: !Ref Users, AwsRegion: eu-west-1}
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties:
      ApiId: !GetAtt Blog.ApiId
      Definition: |
"""
_ROLES = """\
  ReaderRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: &trust
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: appsync:GraphQL
                Resource: !Sub "${Blog.Arn}/types/Query/*"
  WriterRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      Policies:
        - PolicyName: write
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: appsync:GraphQL
                Resource: !Sub "${Blog.Arn}/types/Mutation/fields/addPost"
                Condition: {StringEquals: {"aws:PrincipalTag/team": !Ref Team}}
              - Effect: Deny
                Action: appsync:GraphQL
                Resource: !Sub "${Blog.Arn}/types/Mutation/fields/deletePost"
  Job:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt JobRole.Arn
      Environment: {Variables: {API_URL: !GetAtt Blog.GraphQLUrl}}
  JobRole:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: *trust}
  OtherRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
"""


def team(sdl: str = SDL, roles: str = _ROLES) -> str:
    """Return the template."""
    body = "".join(f"        {line}\n" for line in dedent(sdl).splitlines())
    return _HEAD + body + roles


def scenes(*templates: str) -> tuple[Scene, ...]:
    """Return the scenes of stacks that are judged together."""
    return tuple(
        Scene("assembly", find_apis(one.stacks), one.stacks, find_principals(one.stacks))
        for one in open_scenarios(*templates)
    )


def matrices(*templates: str, nested: bool = False) -> tuple[Matrix, ...]:
    """Return the matrices of stacks that are judged together."""
    return find_matrices(scenes(*templates), nested=nested)
